//! Renders the charts and pages of a report as files with relative paths.
//!
//! ```text
//! index.html                     overview of the organization
//! digest.html, digest.txt        the same in short, for mail
//! locations/<location_id>.html   one page per location; a small one without a ticket in the window
//! charts/<figure>.svg            figures of the overview
//! charts/<location_id>-<figure>.svg
//! charts/….png                   the same at twice the size, if wanted
//! ```

use chrono::NaiveDate;

use super::chart::{self, ChartError, Charts};
use super::model::{AbsentLocation, LocationReport, OrganizationReport};
use super::page;
use super::png::{Painter, PngError};

pub use super::chart::Shared;
pub use super::page::{Tenant, Told, Window};

/// A figure could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// As SVG.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// As PNG.
    #[error(transparent)]
    Png(#[from] PngError),
}

/// A file of a report: its path below the folder, with `/`, and its bytes.
pub type File = (String, Vec<u8>);

/// Renders the overview page and its figures; `shared` is that of the report.
///
/// # Errors
/// [`RenderError`] if a figure cannot be drawn.
pub fn overview(
    report: &OrganizationReport,
    shared: &Shared<'_>,
    png: Option<&Painter>,
) -> Result<Vec<File>, RenderError> {
    let charts = chart::overview(report, shared)?;
    let mut files = vec![("index.html".to_owned(), page::index(report, &charts).into_bytes())];
    let (html, text) = page::digest(report);
    files.push(("digest.html".to_owned(), html.into_bytes()));
    files.push(("digest.txt".to_owned(), text.into_bytes()));
    files.extend(documents("", &charts, png)?);
    Ok(files)
}

/// Renders the page of a location and its figures; `shared` is that of the report.
///
/// # Errors
/// As [`overview`].
pub fn location(
    report: &OrganizationReport,
    shared: &Shared<'_>,
    location: &LocationReport,
    png: Option<&Painter>,
) -> Result<Vec<File>, RenderError> {
    let charts = chart::location(report, shared, location)?;
    let html = page::location(report, location, &charts);
    let mut files = vec![(format!("locations/{}.html", location.id), html.into_bytes())];
    files.extend(documents(&format!("{}-", location.id), &charts, png)?);
    Ok(files)
}

/// Renders the small page of a location without a ticket in the window.
#[must_use]
pub fn absent(report: &OrganizationReport, location: &AbsentLocation) -> File {
    let html = page::absent(report, location);
    (format!("locations/{}.html", location.id), html.into_bytes())
}

/// Renders the page with links to the reports of the organizations, given with their folders; of a single one, a page
/// that leads there by itself.
#[must_use]
pub fn organizations<'a>(
    reports: impl Iterator<Item = (&'a OrganizationReport, &'a str)>,
) -> String {
    let reports: Vec<_> = reports.collect();
    match reports.as_slice() {
        [(report, folder)] => page::only(report, folder),
        several => page::organizations(several),
    }
}

/// Renders the page with links to the reports of a nightly site; `through` is the last whole day before the run.
#[must_use]
pub fn windows(
    windows: &[Window],
    tenants: &[Tenant],
    troubles: &[String],
    through: NaiveDate,
) -> String {
    page::windows(windows, tenants, troubles, through)
}

/// The charts as files of their own.
fn documents(
    prefix: &str,
    charts: &Charts,
    png: Option<&Painter>,
) -> Result<Vec<File>, RenderError> {
    let mut files = Vec::new();
    for figure in charts.all() {
        let name = format!("charts/{prefix}{}", figure.words.id);
        let svg = figure.document();
        if let Some(painter) = png {
            files.push((format!("{name}.png"), painter.png(&svg)?));
        }
        files.push((format!("{name}.svg"), svg.into_bytes()));
    }
    Ok(files)
}
