//! EC2's protocol: numbered form parameters in, XML out.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// The parameters of one request, in the order in which they were added.
#[derive(Debug, Clone)]
pub(in crate::aws) struct Query {
    /// As IAM policies spell it.
    pub(in crate::aws) operation: &'static str,
    parameters: Vec<(String, String)>,
}

impl Query {
    /// Starts the request of `operation`, such as `ec2:DescribeVpcs`.
    pub(in crate::aws) fn new(operation: &'static str) -> Self {
        Self { operation, parameters: Vec::new() }
    }

    /// The operation without its service.
    pub(in crate::aws) fn action(&self) -> &'static str {
        self.operation.rsplit(':').next().unwrap_or(self.operation)
    }

    pub(in crate::aws) fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    pub(in crate::aws) fn set_some(
        self,
        name: impl Into<String>,
        value: Option<impl ToString>,
    ) -> Self {
        match value {
            Some(value) => self.set(name, value.to_string()),
            None => self,
        }
    }

    /// Adds something per item, which is told its name: `Filter.1`, `Filter.2` and so on.
    pub(in crate::aws) fn each<T>(
        self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut add: impl FnMut(Self, &str, T) -> Self,
    ) -> Self {
        let numbered = items.into_iter().enumerate();
        numbered
            .fold(self, |query, (index, item)| add(query, &format!("{name}.{}", index + 1), item))
    }

    /// Adds a plain value, for use with [`Self::each`].
    pub(in crate::aws) fn set_at(self, name: &str, value: &String) -> Self {
        self.set(name, value)
    }

    pub(in crate::aws) fn body(&self, version: &str) -> String {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", self.action())
            .append_pair("Version", version)
            .extend_pairs(&self.parameters)
            .finish()
    }
}

/// What AWS says when it refuses a request.
#[derive(Debug)]
pub(in crate::aws) struct Refusal {
    pub(in crate::aws) code: String,
    pub(in crate::aws) message: String,
    pub(in crate::aws) request_id: Option<String>,
}

/// Reads the refusals of EC2 and of other query services.
pub(in crate::aws) fn refusal(body: &[u8]) -> Option<Refusal> {
    let body: RefusalBody = quick_xml::de::from_reader(body).ok()?;
    let listed = body.errors.and_then(|errors| errors.error.into_iter().next());
    let RefusalError { code, message } = listed.or(body.error)?;
    Some(Refusal { code, message, request_id: body.request_id })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RefusalBody {
    errors: Option<RefusalErrors>,
    error: Option<RefusalError>,
    #[serde(rename = "RequestID", alias = "RequestId")]
    request_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RefusalErrors {
    error: Vec<RefusalError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RefusalError {
    code: String,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Set<T> {
    #[serde(default = "Vec::new")]
    item: Vec<T>,
}

/// A list, which EC2 writes as `<xSet><item>…</item></xSet>`.
pub(super) fn items<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Set::deserialize(deserializer)?.item)
}

#[derive(Deserialize)]
struct Tag {
    key: String,
    #[serde(default)]
    value: String,
}

/// A list of tags, as a map.
pub(super) fn tags<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
{
    let tags: Vec<Tag> = items(deserializer)?;
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}
