//! The traps of YAML, one by one, and then by chance.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn parse_one(text: &str) -> Node {
    parse(SourceId(0), text).unwrap().remove(0)
}

/// The code, the labelled texts and the hint of each problem.
fn problems(text: &str) -> Vec<(&'static str, Vec<&str>, Option<String>)> {
    let describe = |problem: Problem| {
        let labels = problem.labels.into_iter().map(|label| &text[label.span.range]);
        (problem.code, labels.collect(), problem.hint)
    };
    parse(SourceId(0), text).unwrap_err().into_iter().map(describe).collect()
}

fn hint(text: &str) -> String {
    problems(text).remove(0).2.unwrap_or_default()
}

fn slice<'t>(text: &'t str, node: &Node, pointer: &str) -> &'t str {
    &text[node.value_span(pointer).range]
}

#[test]
fn documents_keep_their_order_and_empty_ones_are_skipped() {
    let text = "# only a comment\n---\n---\na: 1\n---\n# nothing\n...\n---\nb: 2\n";
    let documents = parse(SourceId(0), text).unwrap();
    assert_eq!(
        documents.iter().map(Node::to_json).collect::<Vec<_>>(),
        [json!({"a": 1}), json!({"b": 2})]
    );
    assert!(parse(SourceId(0), "").unwrap().is_empty());
    assert!(parse(SourceId(0), "\u{feff}# comment\r\n").unwrap().is_empty());
}

#[test]
fn spans_are_right_after_a_byte_order_mark_line_ends_of_windows_and_non_ascii() {
    let text = "\u{feff}größe: \"zwölf\"\r\nb:\t😀 # tab\r\nc: |\r\n  ä\r\n  ö\r\n\r\nd: [1]\r\n";
    let node = parse_one(text);
    assert_eq!(slice(text, &node, "/größe"), "\"zwölf\"");
    assert_eq!(&text[node.key_span("/größe").range], "größe");
    assert_eq!(slice(text, &node, "/b"), "😀");
    assert_eq!(
        &text[node.get("c").unwrap().span.range.clone()],
        "|\r\n  ä\r\n  ö".trim_start_matches("|\r\n  ")
    );
    assert_eq!(&text[node.get("d").unwrap().span.range.clone()], "[1]");
}

#[test]
fn every_duplicate_key_is_found_with_both_places() {
    let text = "a: 1\nb: { c: 1, c: 2 }\n'a': 3\n";
    assert_eq!(
        problems(text),
        [("duplicate-key", vec!["c", "c"], None), ("duplicate-key", vec!["'a'", "a"], None)]
    );
}

#[test]
fn problems_before_a_syntax_error_are_kept() {
    let found = problems("a: 1\na: 2\nb: !x y\nc: @\n");
    assert_eq!(
        found.iter().map(|(code, ..)| *code).collect::<Vec<_>>(),
        ["duplicate-key", "unsupported-tag", "yaml-syntax"]
    );
    assert_eq!(found[1].1, ["!x"]);
}

#[test]
fn an_alias_has_its_use_and_its_definition() {
    let text = "a: &x [1, 2]\nb: *x\n";
    let node = parse_one(text);
    assert_eq!(node.to_json(), json!({"a": [1, 2], "b": [1, 2]}));
    let alias = node.get("b").unwrap();
    assert_eq!(&text[alias.span.range.clone()], "*x");
    assert_eq!(&text[alias.defined.clone().unwrap().range], "[1, 2]");
    assert_eq!(slice(text, &node, "/b/1"), "2");
}

#[test]
fn merges_yield_to_explicit_keys_and_to_earlier_sources() {
    let text = "x: &x { a: 1, b: 2 }\ny: &y { b: 3, c: 4 }\nz:\n  <<: [*x, *y]\n  a: 0\nw: { <<: *y, '<<': text }\n";
    let node = parse_one(text);
    assert_eq!(node.get("z").unwrap().to_json(), json!({"a": 0, "b": 2, "c": 4}));
    assert_eq!(node.get("w").unwrap().to_json(), json!({"b": 3, "c": 4, "<<": "text"}));
    let merged = node.route(&"/z/c".into()).unwrap();
    assert_eq!(&text[merged.span.range.clone()], "*y");
    assert_eq!(&text[merged.defined.clone().unwrap().range], "4");
    assert_eq!(&text[node.key_span("/z/c").range], "*y");
    assert_eq!(problems("<<: [1]\n")[0].0, "invalid-merge");
}

#[test]
fn only_the_tag_of_text_is_known() {
    assert_eq!(parse_one("a: !!str 8080\nb: !!str\n").to_json(), json!({"a": "8080", "b": ""}));
    assert_eq!(problems("a: !!int 3\nb: !Ref x\nc: !x { d: 1 }\n").len(), 3);
}

#[test]
fn aliases_that_explode_and_nesting_without_end_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{items}]").unwrap();
    }
    assert_eq!(problems(&bomb)[0].0, "too-large");

    let mut text_bomb = format!("a: &a {}\nb: [", "x".repeat(100_000));
    text_bomb += &"*a, ".repeat(10_000);
    assert_eq!(problems(&(text_bomb + "]\n"))[0].0, "too-large");

    assert_eq!(problems(&("[".repeat(100) + &"]".repeat(100)))[0].0, "too-deep");
    assert!(!problems(&"[".repeat(100_000)).is_empty());
    let mut chain = "a0: &a0 [[[[[[[[[[x]]]]]]]]]]\n".to_owned();
    for level in 1..10 {
        writeln!(chain, "a{level}: &a{level} [[[[[[[[[[*a{}]]]]]]]]]]", level - 1).unwrap();
    }
    assert_eq!(problems(&chain)[0].0, "too-deep");
    assert_eq!(problems("a: &a [*a]\n")[0].0, "recursive-alias");
}

#[test]
fn usual_mistakes_have_a_hint() {
    assert!(
        hint("a: { schedule: cron(0,30 22 * * ? *), b: 1 }\n").starts_with("quote it: \"cron(")
    );
    assert!(hint("a: [cron(0 22 ? * [1] *)]\n").starts_with("quote it: \"cron("));
    assert!(hint("a: { image: ${X}:1 }\n").starts_with("quote it"));
    assert!(hint("a:\n\t- b\n").contains("spaces"));
    assert!(hint("a: 1\n\tb: 2\n").contains("spaces"));
    assert_eq!(hint("a: 'x\nb: 2\n"), "close the quote");
    assert_eq!(hint("a: \"x"), "close the quote");
    assert!(hint("a: [1, 2").contains('['));
    assert!(hint("a: *.example.com\n").contains("quote"));
    assert!(hint("a: {\n  image: ${X}\n}\n").starts_with("quote it"));
    assert_eq!(hint("a: {\n  b: @x\n}\n"), "quote the value");
    assert!(hint("image: ${X}: y\n").contains("`: `"));
    let open = "a: [1, 2\nb: 3\n";
    assert_eq!(problems(open)[0].1, [":", "["]);
}

#[test]
fn a_schedule_in_a_flow_mapping_can_stay_unquoted_when_yaml_leaves_it_whole() {
    assert_eq!(
        parse_one("{ a: cron(0 22 * * ? *) }").to_json(),
        json!({"a": "cron(0 22 * * ? *)"})
    );
}

#[test]
fn keys_are_text() {
    assert_eq!(
        parse_one("1: a\ntrue: b\n~: c\n").to_json(),
        json!({"1": "a", "true": "b", "~": "c"})
    );
    assert_eq!(problems("{ [a]: b }\n")[0].0, "invalid-key");
    assert_eq!(problems(": b\n")[0].0, "invalid-key");
}

const SERVICE: &str = "kind: Service\nname: web\nimage: nginx:1.27 # pinned\nport: 8080\nports: [80, '81']\n\
    environment: { A: False, B: 0o17, C: \"x\\ty\" }\nscaling:\n  scheduled:\n  - { name: night, min: 1.5 }\n";
const ANCHORS: &str = "base: &base\n  cpu: 256\n  tags: [a, b]\nweb:\n  <<: *base\n  cpu: 512\napi: { <<: *base }\n\
    list: &l [1, ~, null]\nagain: *l\n---\nkind: Job\ncommand: |\n  echo é\n  exit 1\nnote: >-\n  folded\n  text\n";
const TOKENS: [&str; 34] = [
    "- ",
    ": ",
    "\n",
    "  ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "*base",
    "<<: *base\n",
    "|\n",
    ">-\n",
    "#c",
    "\"",
    "'",
    "é",
    "😀",
    "\t",
    "\r\n",
    "---\n",
    "...\n",
    "null",
    "no",
    "0x1f",
    "1e3",
    "!!str ",
    "!x ",
    "? ",
    "~",
    "\u{feff}",
    ",",
    "\\",
];

/// A sample with some tokens put in and some ranges cut out.
fn mutated() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0..TOKENS.len() * 2, 0..12_usize);
    (prop::sample::select(vec![SERVICE, ANCHORS]), vec(edit, 1..5)).prop_map(|(sample, edits)| {
        edits.into_iter().fold(sample.to_owned(), |mut text, (at, choice, length)| {
            let at = text.floor_char_boundary(at.index(text.len() + 1));
            match TOKENS.get(choice) {
                Some(token) => text.insert_str(at, token),
                None => drop(text.drain(at..text.ceil_char_boundary(at + length))),
            }
            text
        })
    })
}

fn assert_inside(text: &str, node: &Node) {
    for span in [Some(&node.span), node.defined.as_ref()].into_iter().flatten() {
        assert!(text.get(span.range.clone()).is_some(), "{span:?} of {text:?}");
    }
    match &node.data {
        Data::Scalar(_) => {}
        Data::List(items) => items.iter().for_each(|item| assert_inside(text, item)),
        Data::Map(entries) => {
            for (key, value) in entries {
                assert!(text.get(key.span.range.clone()).is_some(), "{key:?} of {text:?}");
                assert_inside(text, value);
            }
        }
    }
}

/// serde-saphyr reads account ids as numbers; everything else is the same.
fn agree(mine: &Value, theirs: &Value) -> bool {
    match (mine, theirs) {
        (Value::String(text), Value::Number(_)) => {
            text.trim_start_matches(['-', '+']).starts_with('0') || text.contains('_')
        }
        (Value::Array(mine), Value::Array(theirs)) => {
            mine.len() == theirs.len()
                && mine.iter().zip(theirs).all(|(mine, theirs)| agree(mine, theirs))
        }
        (Value::Object(mine), Value::Object(theirs)) => {
            mine.len() == theirs.len()
                && mine
                    .iter()
                    .all(|(key, mine)| theirs.get(key).is_some_and(|theirs| agree(mine, theirs)))
        }
        _ => mine == theirs,
    }
}

fn reference(text: &str) -> Option<Vec<Value>> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_multiple_with_options(text, options).ok()
}

#[test]
fn the_samples_are_read_by_both_parsers() {
    for sample in [SERVICE, ANCHORS] {
        let mine: Vec<_> = parse(SourceId(0), sample).unwrap().iter().map(Node::to_json).collect();
        assert_eq!(Some(mine), reference(sample));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutations_never_panic_and_every_place_is_inside_the_text(text in mutated()) {
        match parse(SourceId(0), &text) {
            Ok(documents) => documents.iter().for_each(|document| assert_inside(&text, document)),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for label in problems.iter().flat_map(|problem| &problem.labels) {
                    prop_assert!(text.get(label.span.range.clone()).is_some(), "{:?} of {:?}", label, text);
                }
            }
        }
    }

    #[test]
    fn values_agree_with_serde_saphyr(text in mutated()) {
        if let (Ok(documents), Some(theirs)) = (parse(SourceId(0), &text), reference(&text)) {
            let mine: Vec<_> = documents.iter().map(Node::to_json).filter(|value| !value.is_null()).collect();
            let theirs: Vec<_> = theirs.into_iter().filter(|value| !value.is_null()).collect();
            prop_assert!(agree(&mine.clone().into(), &theirs.clone().into()), "{:?}\n{:?}\n{:?}", text, mine, theirs);
        }
    }
}
