//! An application as documents that a test can edit, and the stack that their YAML resolves to.

use std::fmt;

use serde_json::Value as Json;

use crate::manifest::node::SourceId;
use crate::manifest::yaml;
use crate::model::resolve::{Input, resolve};
use crate::model::stack::Stack;
use crate::model::variables::Variables;

/// The documents of an application, in the order of its files.
#[derive(Clone, PartialEq)]
pub(super) struct Application {
    pub(super) documents: Vec<Json>,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.yaml())
    }
}

impl Application {
    pub(super) fn read(yaml: &str) -> Self {
        Self { documents: serde_saphyr::from_multiple(yaml).expect("documents") }
    }

    /// Its manifests in one file. JSON is YAML.
    pub(super) fn yaml(&self) -> String {
        let texts = self.documents.iter().map(|document| format!("{document}\n"));
        texts.collect::<Vec<_>>().join("---\n")
    }

    /// The stack, or what is wrong with the manifests.
    pub(super) fn stack(&self) -> Result<Stack, String> {
        let text = self.yaml();
        resolve_text(&text, None)
    }

    /// The stack of an application that has no mistakes.
    pub(super) fn valid(&self) -> Stack {
        self.stack().unwrap_or_else(|problems| panic!("{problems} in{self:?}"))
    }
}

/// Resolves manifests as the commands do.
pub(super) fn resolve_text(text: &str, environment: Option<&str>) -> Result<Stack, String> {
    let documents = yaml::parse(SourceId(0), text).map_err(|problems| format!("{problems:?}"))?;
    let variables = Variables::default();
    let input = Input { documents, directory_name: "shop", environment, variables };
    let lines = |problems: Vec<crate::manifest::problem::Problem>| {
        let line = |problem: &crate::manifest::problem::Problem| {
            format!("{}: {}", problem.code, problem.message)
        };
        problems.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    resolve(input).map(|(stack, _)| stack).map_err(lines)
}
