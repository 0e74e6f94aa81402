//! The examples of docs/ci.md: YAML that parses, and command lines that ecsctl takes.

use clap::Parser as _;
use ecsctl::cli::Cli;
use serde_json::Value as Json;

const PAGE: &str = include_str!("../../docs/ci.md");

/// The blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let parts = PAGE.split(fence.as_str()).skip(1);
    parts.map(|part| part.split_once("\n```").unwrap().0).collect()
}

/// The arguments of every call of ecsctl in scripts.
fn calls(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().map(|line| line.trim_start_matches([' ', '-']));
    let calls = lines.filter(|line| line.starts_with("ecsctl "));
    let words = |line: &str| line.split(['>', '|', ';']).next().unwrap().to_owned();
    calls.map(|line| words(line).split_whitespace().map(str::to_owned).collect()).collect()
}

#[test]
fn every_example_parses_and_its_calls_are_right() {
    let yaml = blocks("yaml");
    assert_eq!(yaml.len(), 3);
    for text in &yaml {
        let _: Json = serde_saphyr::from_str(text).unwrap();
    }
    let scripts = [yaml, blocks("sh")].concat();
    let calls: Vec<_> = scripts.iter().flat_map(|text| calls(text)).collect();
    assert_eq!(calls.len(), 5, "{calls:?}");
    for call in &calls {
        Cli::try_parse_from(call).unwrap();
    }
}

/// What the examples give to the action is an input of it, and what they take an output.
#[test]
fn the_action_has_what_the_examples_use() {
    let action = super::job::action();
    for text in blocks("yaml") {
        let example: Json = serde_saphyr::from_str(text).unwrap();
        let jobs = example["jobs"].as_object().into_iter().flatten();
        let steps = jobs.flat_map(|(_, job)| job["steps"].as_array().into_iter().flatten());
        let ours = steps.filter(|step| step["uses"] == "OWNER/ecsctl@main");
        for name in ours.flat_map(|step| step["with"].as_object().unwrap().keys()) {
            assert!(action["inputs"].get(name).is_some(), "{name}");
        }
        for part in text.split("steps.ecsctl.outputs.").skip(1) {
            let name = part.split_whitespace().next().unwrap();
            assert!(action["outputs"].get(name).is_some(), "{name}");
        }
    }
}
