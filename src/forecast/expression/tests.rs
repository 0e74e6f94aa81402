//! What expressions are read, and which instances they hold for.

use super::*;
use crate::forecast::testing::instance;

fn holds(text: &str) -> Option<bool> {
    let mut instance = instance("i-1", 1024, 1024);
    instance.attributes.insert("ecs.instance-type".into(), "g2.xlarge".into());
    instance.attributes.insert("ecs.availability-zone".into(), "eu-west-1a".into());
    instance.agent_version = Some("1.9.10".into());
    instance.run("service:database", 2);
    let candidate = Candidate { instance: &instance, group: "service:web", own: 1 };
    Expression::parse(text).unwrap().holds(candidate)
}

#[test]
fn the_examples_of_the_guide() {
    for (text, expected) in [
        ("attribute:ecs.instance-type == t2.small", false),
        ("attribute:ecs.availability-zone in [eu-west-1a, eu-west-1b]", true),
        (
            "attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != eu-west-1d",
            true,
        ),
        ("task:group == service:production", false),
        ("task:group == service:database", true),
        ("not(task:group == service:database)", false),
        ("runningTasksCount == 3", true),
        ("agentVersion < 1.14.5", true),
        ("ec2InstanceId in ['i-abcd1234', 'i-1']", true),
    ] {
        assert_eq!(holds(text), Some(expected), "{text}");
    }
    assert_eq!(holds("registeredAt < 2018-02-13"), None);
}

#[test]
fn operators_words_and_precedence() {
    for (text, expected) in [
        ("attribute:stack exists", false),
        ("attribute:stack !exists", true),
        ("attribute:stack not_exists&&runningTasksCount>=3", true),
        ("attribute:ecs.instance-type=~g2.(large|xlarge)", true),
        ("attribute:ecs.instance-type =~ g2", false),
        ("(attribute:ecs.instance-type !~ g[34].* and task:group exists)", true),
        ("attribute:ecs.availability-zone !in [eu-west-1a]", false),
        // A missing attribute is unequal to everything.
        ("attribute:stack != prod", true),
        (
            "attribute:stack exists and attribute:stack exists or runningTasksCount less_than 9",
            true,
        ),
        ("attribute:stack exists and (attribute:stack exists or runningTasksCount < 9)", false),
        ("!!(task:group == service:web)", true),
    ] {
        assert_eq!(holds(text), Some(expected), "{text}");
    }
}

#[test]
fn attributes_are_known_by_name() {
    let text = "attribute:rack == a or not(attribute:zone exists and attribute:rack !in [b]) or task:group == x";
    assert_eq!(Expression::parse(text).unwrap().attributes(), ["rack", "zone"].into());
}

#[test]
fn what_is_not_known_decides_nothing_that_something_else_decides() {
    assert_eq!(holds("registeredAt > 2020-01-01 or runningTasksCount == 3"), Some(true));
    assert_eq!(holds("registeredAt > 2020-01-01 and runningTasksCount == 3"), None);
    assert_eq!(holds("not(registeredAt > 2020-01-01) and runningTasksCount == 4"), Some(false));
    // Java looks ahead.
    assert_eq!(holds("attribute:ecs.instance-type =~ '(?!t2).*'"), None);
}

#[test]
fn faults_say_where() {
    let fault = |text: &str| Expression::parse(text).unwrap_err().to_string();
    let nested = format!("{}attribute:a exists{}", "(".repeat(200), ")".repeat(200));
    let faults: Vec<String> = [
        "",
        "ecs.instance-type == t3.small",
        "attribute:ecs.instance-type is t3.small",
        "attribute:ecs.instance-type == ",
        "attribute:zone in a",
        "attribute:zone in [a b]",
        "(attribute:zone == a",
        "attribute:zone == a attribute:zone == b",
        "attribute:zone == 'a",
        "runningTasksCount =~ 1.*",
        "runningTasksCount < few",
        "attribute:zone == a and",
        &nested,
        &format!("attribute:a == {}", "x".repeat(2000)),
    ]
    .map(fault)
    .into();
    insta::assert_snapshot!(faults.join("\n"), @"
    expected a subject such as `attribute:NAME`, found the end (character 1)
    `ecs.instance-type` is no subject: attribute:NAME, task:group, runningTasksCount, ec2InstanceId, agentConnected, agentVersion and registeredAt are (character 1)
    expected an operator such as `==`, `=~`, `in` or `exists`, found `is` (character 29)
    expected a value, found the end (character 32)
    expected a list such as `[a, b]`, found `a` (character 19)
    expected `,` or `]`, found `b]` (character 22)
    expected `)`, found the end (character 21)
    expected `and`, `or` or the end, found `attribute:zone` (character 21)
    the quotation mark is not closed (character 19)
    `runningTasksCount` cannot be compared with `=~` (character 19)
    `few` is not a number of tasks (character 21)
    expected a subject such as `attribute:NAME`, found the end (character 24)
    has more than 100 parentheses and nots within each other (character 101)
    has 2015 characters; 2000 are the most (character 2001)
    ");
}
