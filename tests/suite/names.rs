//! Names that mean harm are harmless and readable everywhere; personal data appear nowhere.

use crate::workspace::{Workspace, hook};

#[test]
fn hostile_names_everywhere() {
    let space = Workspace::new();
    let long = "x".repeat(300);
    let names = [
        "=HYPERLINK(\\\"x\\\")",
        "../../etc",
        "<script>alert(1)</script>",
        "الرياض",
        &long,
        "a\\u202eb\\u0000",
    ];
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        let position = format!(
            "\"location\":\"{name}\",\"type\":\"anonymous\",\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\",\"feedback\":{{\"rating\":4}}"
        );
        text.push_str(&hook("<b>org</b>", "feedbackReceived", &format!("t{at}"), &position));
    }
    space.write("in/a.jsonl", text);
    let run = space.report("in", &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let published = space.published();
    assert_eq!(published.keys().filter(|name| name.contains("/locations/")).count(), names.len());
    for (name, bytes) in &published {
        assert!(name.is_ascii() && !name.contains("..") && name.len() < 120, "{name}");
        let text = String::from_utf8(bytes.clone()).unwrap();
        let markup = !name.ends_with(".csv") && !name.ends_with(".txt");
        assert!(!markup || !text.contains("<script") && !text.contains("<b>org"), "{name}");
        if name.ends_with(".svg") {
            roxmltree::Document::parse(&text).unwrap();
        }
    }
    let csv = space.csv("locations.csv");
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"x\"\")\"")
            && csv.contains("\"الرياض\"")
            && csv.contains(&long)
    );
    let index = space.csv("index.html");
    assert!(
        index.contains("الرياض")
            && index.contains("&lt;script&gt;")
            && index.contains("=HYPERLINK")
    );
}

#[test]
fn personal_data_appear_nowhere() {
    let canaries = [
        "+46700000001",
        "canary@example.org",
        "Canary Person",
        "canary message",
        "canary-staff",
        "canary-note",
    ];
    let [phone, mail, person, message, staff, note] = canaries;
    let position = format!(
        "\"location\":\"A\",\"status\":\"completed\",\"createdAt\":\"2021-04-01T10:00:00Z\",\"label\":\"{person}\",\
         \"notification\":{{\"type\":\"phoneNumber\",\"settings\":{{\"to\":\"{phone}\",\"recipient\":\"{mail}\"}}}},\
         \"registrationData\":[{{\"name\":\"n\",\"type\":\"input\",\"value\":\"{person}\"}}],\
         \"servedBy\":{{\"email\":\"{staff}\"}},\"customData\":\"{note}\",\"customerInfo\":[\"{person}\"],\
         \"feedback\":{{\"rating\":\"{message}\",\"message\":\"{message}\"}}"
    );
    let good = hook("o", "feedbackReceived", "t1", &position)
        .replace("\"message\":null", &format!("\"message\":\"{message}\""));
    let space = Workspace::new();
    let odd_type = hook("o", &format!("event {phone}"), "t2", &position.replace("completed", mail));
    let mut text = good.clone();
    text.push_str(&odd_type);
    for broken in [
        good.replace("\"id\":\"t1\"", "\"id\":\"\""),
        good.replace("}}", "}"),
        format!("{phone} {mail}\n"),
        good.replace("\"organization\"", "\"org\""),
    ] {
        text.push_str(&broken);
    }
    space.write("in/a.jsonl", text);
    let report = space.report("in", &["--verbose", "--force"]);
    let check =
        space.run(&["check", "in", "--json", "--verbose", "--as-of", crate::workspace::AS_OF]);
    let mut outputs: Vec<(String, String)> = space
        .published()
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    assert!(outputs.len() > 10, "{}", report.stderr);
    for run in [report, check] {
        outputs.push(("stdout".into(), run.stdout));
        outputs.push(("stderr".into(), run.stderr));
    }
    for (name, text) in outputs {
        for canary in canaries {
            assert!(!text.contains(canary), "{name} holds {canary}");
        }
    }
}

#[test]
fn organizations_never_mix() {
    let space = Workspace::new();
    let line = |organization: &str, name: &str, id: &str| {
        hook(
            organization,
            "positionCreated",
            id,
            &format!("\"location\":\"{name}\",\"createdAt\":\"2021-04-01T10:00:00Z\""),
        )
    };
    space.write("in/first.jsonl", line("alpha", "Alpha house", "1"));
    space.write("in/second.jsonl", line("beta", "Beta house", "1"));
    let run = space.report("in", &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut trees = [0, 0];
    for (name, bytes) in space.published() {
        let text = String::from_utf8(bytes).unwrap().to_lowercase();
        if name.starts_with("alpha-") {
            trees[0] += 1;
            assert!(!text.contains("beta") && !text.contains("second.jsonl"), "{name}");
        } else if name.starts_with("beta-") {
            trees[1] += 1;
            assert!(!text.contains("alpha") && !text.contains("first.jsonl"), "{name}");
        } else {
            assert_eq!(name, "index.html");
        }
    }
    assert!(trees[0] == trees[1] && trees[0] > 10);
    let only = space.report("in", &["--organization", "beta"]);
    assert_eq!(only.code, 0, "{}", only.stderr);
    assert!(space.csv("locations.csv").contains("Beta house"));
}
