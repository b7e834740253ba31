//! The names that `queuestat synth` knows forms, envelopes and containers by.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::synth::{Container, Envelope, Form};

/// Names of forms.
pub(super) fn forms() -> impl TypedValueParser<Value = Form> {
    parser(Form::ALL.iter().map(|form| value(form.name(), form.help())), Form::named)
}

/// Names of envelopes.
pub(super) fn envelopes() -> impl TypedValueParser<Value = Envelope> {
    parser(Envelope::ALL.iter().map(|kind| value(kind.name(), kind.help())), Envelope::named)
}

/// Names of containers; `plain` is the older name of `none`.
pub(super) fn containers() -> impl TypedValueParser<Value = Container> {
    let known = Container::ALL.iter().map(|kind| {
        let older = (*kind == Container::Plain).then_some("plain");
        value(kind.name(), kind.help()).aliases(older)
    });
    parser(known, |name| Container::named(if name == "plain" { "none" } else { name }))
}

fn value(name: &'static str, help: &'static str) -> PossibleValue {
    PossibleValue::new(name).help(help)
}

/// Parses one of some names; the error for an unknown one lists them.
fn parser<T: Clone + Send + Sync + 'static>(
    known: impl Iterator<Item = PossibleValue>,
    named: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(known)
        .try_map(move |name| named(&name).ok_or_else(|| format!("`{name}` is not known")))
}
