//! Every key goes through the client and comes back.

use proptest::prelude::*;

use super::*;

/// Keys of odd parts, and of any text.
fn keys() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        ".",
        "..",
        "a",
        "b.jsonl",
        " ",
        " x",
        "x ",
        "%2F",
        "%",
        "+",
        "#?",
        "ö",
        "\u{f8f0}",
        "\u{f8f0}%41",
        "\n",
        "\u{1}x",
        "<&>",
    ]);
    let text = prop_oneof![odd.prop_map(str::to_owned), any::<String>()];
    prop::collection::vec(text, 1..6).prop_map(|parts| parts.join("/"))
}

/// How S3 and Azure, and how Google's client sends a path: a plain loop.
fn sent(path: &str, is_google: bool) -> String {
    let byte = |byte: u8| match byte {
        b'/' if !is_google => "/".to_owned(),
        b'-' | b'.' | b'_' | b'~' if !is_google => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.bytes().map(byte).collect()
}

proptest! {
    #[test]
    fn the_client_takes_every_key_and_gives_it_back(key in keys()) {
        let told = stand_in(&key);
        prop_assert_eq!(true_key(&told), key.as_str());
        match path_of(&key) {
            Some(path) => {
                prop_assert_eq!(path.as_ref(), told.as_str());
                prop_assert_eq!(key_of(&path), key);
            }
            None => prop_assert_eq!(key, ""),
        }
    }

    #[test]
    fn what_the_client_takes_by_itself_stays(key in keys()) {
        let is_plain = Path::parse(&key).is_ok_and(|path| path.as_ref() == key);
        let has_ends = key.split('/').any(|part| part.trim() != part || part.starts_with(MARK));
        prop_assert_eq!(stand_in(&key) == key, is_plain && !has_ends && !key.is_empty());
    }

    #[test]
    fn a_request_asks_for_the_true_key(key in keys(), is_google in any::<bool>(), has_query in any::<bool>()) {
        let query = if has_query { "?versionId=a%2Fb" } else { "" };
        let told = stand_in(&key);
        let before = format!("/bucket-1/{}{query}", sent(&told, is_google));
        let after = target(&before);
        if told == key {
            prop_assert_eq!(after, None);
        } else {
            let after = after.unwrap();
            let path = after.strip_suffix(query).unwrap().strip_prefix("/bucket-1/").unwrap();
            prop_assert_eq!(decoded(path), key);
        }
    }

    #[test]
    fn listings_hold_what_the_client_takes(all in prop::collection::vec(keys(), 0..8), by_number in any::<bool>()) {
        let xml = |key: &str| -> String {
            key.chars().map(|c| match c {
                '&' => "&amp;".to_owned(),
                '<' => "&lt;".to_owned(),
                c if by_number && c.is_ascii_control() => format!("&#x{:X};", u32::from(c)),
                '"' => "&#34;".to_owned(),
                c => c.to_string(),
            }).collect()
        };
        let listing = |keys: Vec<String>| {
            let entry = |key: String| format!("<Contents><Key>{}</Key><Size>1</Size></Contents>", xml(&key));
            format!("<R><Name>b</Name><Prefix>a//</Prefix>{}</R>", keys.into_iter().map(entry).collect::<String>())
        };
        let expected = listing(all.iter().map(|key| stand_in(key)).collect());
        let read = |text: &str| -> Vec<String> {
            text.split("<Key>").skip(1).map(|one| unescaped(one.split("</Key>").next().unwrap()).unwrap()).collect()
        };
        let found = rewritten(&listing(all.clone())).into_owned();
        prop_assert_eq!(read(&found), read(&expected));
        let rest = |text: &str| text.split("<Key>").map(|one| one.rsplit("</Key>").next().unwrap().to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(rest(&found), rest(&expected));
    }
}

#[test]
fn plain_listings_are_left_alone() {
    for text in [
        "<R><Name>b</Name><Contents><Key>a/b &amp; c.jsonl</Key></Contents></R>",
        "<R></R>",
        "",
        "<Key>",
        "<Key>a//b",
        "<Key>a//&nonsense;</Key>",
        "<Key>a//<b></b></Key>",
    ] {
        assert!(matches!(rewritten(text), Cow::Borrowed(same) if same == text), "{text}");
    }
    let azure = "<Blobs><Blob><Name>a//b</Name></Blob></Blobs>";
    assert_eq!(rewritten(azure), "<Blobs><Blob><Name>a/\u{f8f0}/b</Name></Blob></Blobs>");
}
