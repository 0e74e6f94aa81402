//! The conditions of a rule in AWS's form, both ways.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    HostHeaderConditionConfig, HttpHeaderConditionConfig, HttpRequestMethodConditionConfig,
    PathPatternConditionConfig, QueryStringConditionConfig, QueryStringKeyValuePair, Rule,
    RuleCondition, SourceIpConditionConfig,
};

use super::spec::{ListenerRuleSpec, QueryPattern};
use crate::value::Set;

/// What a manifest can say of requests.
#[derive(Default)]
pub(super) struct Conditions {
    pub(super) hosts: Vec<String>,
    pub(super) paths: Set<String>,
    pub(super) headers: BTreeMap<String, Set<String>>,
    pub(super) methods: Set<String>,
    pub(super) query: Set<QueryPattern>,
    pub(super) source_ips: Set<String>,
    /// The fields of further conditions.
    pub(super) other: Vec<String>,
}

pub(super) fn sdk(spec: &ListenerRuleSpec) -> Vec<RuleCondition> {
    let hosts = sent(&spec.hosts).map(|values| {
        let config = HostHeaderConditionConfig::builder().set_values(Some(values)).build();
        RuleCondition::builder().field("host-header").host_header_config(config).build()
    });
    let paths = sent(&spec.paths.0).map(|values| {
        let config = PathPatternConditionConfig::builder().set_values(Some(values)).build();
        RuleCondition::builder().field("path-pattern").path_pattern_config(config).build()
    });
    let headers = spec.headers.iter().map(|(name, values)| {
        let config = HttpHeaderConditionConfig::builder().http_header_name(name);
        let config = config.set_values(sent(&values.0)).build();
        RuleCondition::builder().field("http-header").http_header_config(config).build()
    });
    let methods = sent(&spec.methods.0).map(|values| {
        let config = HttpRequestMethodConditionConfig::builder().set_values(Some(values)).build();
        let condition = RuleCondition::builder().field("http-request-method");
        condition.http_request_method_config(config).build()
    });
    let query = (!spec.query.0.is_empty()).then(|| query(&spec.query));
    let source_ips = sent(&spec.source_ips.0).map(|values| {
        let config = SourceIpConditionConfig::builder().set_values(Some(values)).build();
        RuleCondition::builder().field("source-ip").source_ip_config(config).build()
    });
    hosts
        .into_iter()
        .chain(paths)
        .chain(headers)
        .chain(methods)
        .chain(query)
        .chain(source_ips)
        .collect()
}

fn sent<'a>(values: impl IntoIterator<Item = &'a String>) -> Option<Vec<String>> {
    let values: Vec<String> = values.into_iter().cloned().collect();
    (!values.is_empty()).then_some(values)
}

fn query(patterns: &Set<QueryPattern>) -> RuleCondition {
    let pair = |pattern: &QueryPattern| {
        let pair = QueryStringKeyValuePair::builder().set_key(pattern.key.clone());
        pair.value(&pattern.value).build()
    };
    let pairs = patterns.0.iter().map(pair).collect();
    let config = QueryStringConditionConfig::builder().set_values(Some(pairs)).build();
    RuleCondition::builder().field("query-string").query_string_config(config).build()
}

/// AWS shows some values twice, in the condition and in its typed configuration; moto only where
/// they were sent.
pub(super) fn observed(rule: &Rule) -> Conditions {
    let mut found = Conditions::default();
    for condition in rule.conditions() {
        if !found.take(condition) {
            found.other.push(condition.field().unwrap_or_default().to_owned());
        }
    }
    found
}

impl Conditions {
    /// Whether it is one that a manifest can ask for: of most kinds there is one, with plain values.
    fn take(&mut self, condition: &RuleCondition) -> bool {
        match condition.field() {
            Some("host-header") => {
                let config = condition.host_header_config().map(HostHeaderConditionConfig::values);
                let values = either(config, condition.values());
                fill(&mut self.hosts, Vec::is_empty, values.to_vec())
            }
            Some("path-pattern") => {
                let config =
                    condition.path_pattern_config().map(PathPatternConditionConfig::values);
                fill_set(&mut self.paths, either(config, condition.values()))
            }
            Some("http-header") => self.take_header(condition),
            Some("http-request-method") => {
                let config = condition.http_request_method_config();
                let config = config.map(HttpRequestMethodConditionConfig::values);
                fill_set(&mut self.methods, either(config, condition.values()))
            }
            Some("query-string") => self.take_query(condition),
            Some("source-ip") => {
                let config = condition.source_ip_config().map(SourceIpConditionConfig::values);
                fill_set(&mut self.source_ips, either(config, condition.values()))
            }
            _ => false,
        }
    }

    /// A header that is asked for twice must have a value of each.
    fn take_header(&mut self, condition: &RuleCondition) -> bool {
        let Some(config) = condition.http_header_config() else { return false };
        let name = config.http_header_name().unwrap_or_default();
        let is_known = self.headers.keys().any(|known| known.eq_ignore_ascii_case(name));
        if is_known || config.values().is_empty() {
            return false;
        }
        self.headers.insert(name.to_owned(), config.values().iter().cloned().collect());
        true
    }

    fn take_query(&mut self, condition: &RuleCondition) -> bool {
        let pairs = condition.query_string_config().map(QueryStringConditionConfig::values);
        let pattern = |pair: &QueryStringKeyValuePair| QueryPattern {
            key: pair.key().map(ToOwned::to_owned),
            value: pair.value().unwrap_or_default().to_owned(),
        };
        let patterns: Set<_> = pairs.unwrap_or_default().iter().map(pattern).collect();
        fill(&mut self.query, |query| query.0.is_empty(), patterns)
    }
}

/// Regular expressions leave the plain values empty.
fn either<'a>(config: Option<&'a [String]>, plain: &'a [String]) -> &'a [String] {
    config.filter(|values| !values.is_empty()).unwrap_or(plain)
}

fn fill_set(place: &mut Set<String>, values: &[String]) -> bool {
    fill(place, |set| set.0.is_empty(), values.iter().cloned().collect())
}

/// Whether the place was free, and the values are some.
fn fill<T>(place: &mut T, is_empty: impl Fn(&T) -> bool, values: T) -> bool {
    let is_first = is_empty(place) && !is_empty(&values);
    if is_first {
        *place = values;
    }
    is_first
}
