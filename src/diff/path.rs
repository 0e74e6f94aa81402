//! Where in a spec a value is: `containers[app].environment[A.B]`.

use std::fmt;

/// Steps from a spec's top. Names are kept whole, whatever dots and brackets they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Step {
    /// A field of a struct.
    Field(String),
    /// A name in a map.
    Name(String),
}

impl Path {
    #[must_use]
    pub fn field(&self, field: &str) -> Self {
        self.then(Step::Field(field.to_owned()))
    }

    #[must_use]
    pub fn name(&self, name: &str) -> Self {
        self.then(Step::Name(name.to_owned()))
    }

    fn then(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// Each step's key in the spec's JSON, from the top.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Step::key)
    }

    /// Whether it is what `pattern` spells, or lies below that: `scaling.min` below `scaling`,
    /// `tags[team]` below `tags`.
    pub fn is_below(&self, pattern: &str) -> bool {
        // A pattern is never taken apart, for a name may look like the end of itself.
        (1..=self.0.len()).any(|end| spelled(&self.0[..end]) == pattern)
    }
}

impl Step {
    fn key(&self) -> &str {
        let (Self::Field(key) | Self::Name(key)) = self;
        key
    }
}

fn spelled(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Field(field) if text.is_empty() => text.push_str(field),
            Step::Field(field) => text.extend([".", field]),
            Step::Name(name) => text.extend(["[", name, "]"]),
        }
    }
    text
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&spelled(&self.0))
    }
}

impl PartialEq<str> for Path {
    fn eq(&self, text: &str) -> bool {
        spelled(&self.0) == text
    }
}

impl PartialEq<&str> for Path {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable() -> Path {
        Path::default().field("containers").name("app").field("environment").name("A.B]")
    }

    #[test]
    fn it_reads_as_manifests_spell_it() {
        assert_eq!(variable().to_string(), "containers[app].environment[A.B]]");
        assert_eq!(variable(), "containers[app].environment[A.B]]");
        assert_eq!(
            variable().keys().collect::<Vec<_>>(),
            ["containers", "app", "environment", "A.B]"]
        );
    }

    #[test]
    fn it_is_below_each_of_its_beginnings_and_nothing_else() {
        let beginnings = [
            "containers",
            "containers[app]",
            "containers[app].environment",
            "containers[app].environment[A.B]]",
        ];
        for pattern in beginnings {
            assert!(variable().is_below(pattern), "{pattern}");
        }
        let others = [
            "",
            "container",
            "app",
            "containers[app",
            "containers[app].environment[A",
            "containers[app].environment[A.B]",
        ];
        for pattern in others {
            assert!(!variable().is_below(pattern), "{pattern}");
        }
        assert!(!Path::default().field("scaling").is_below("scaling.min"));
    }
}
