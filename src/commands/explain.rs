//! `ecsctl explain`

use super::exit::{Exit, Failure};
use crate::cli::Global;
use crate::manifest::problem::closest;
use crate::model::rules;
use crate::report::{diagnoses, rules as words};
use crate::rollout::diagnosis;

/// Say what a rule asks of manifests, or what a diagnosis of a failed deployment means, with an example;
/// without a code, all rules as Markdown
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Code of a problem, such as `task-size`, or of a diagnosis, such as `image-not-found`
    pub code: Option<String>,

    /// All diagnoses of failed deployments as Markdown
    #[arg(long, conflicts_with = "code")]
    pub diagnoses: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    let Some(code) = &args.code else {
        let page = if args.diagnoses {
            diagnoses::page(diagnosis::rows())
        } else {
            words::page(rules::entries())
        };
        terminal.result(&page)?;
        return Ok(Exit::Done);
    };
    let texts = explained(code);
    if texts.is_empty() {
        return Err(unknown(code));
    }
    terminal.result(&texts.join("\n"))?;
    Ok(Exit::Done)
}

fn explained(code: &str) -> Vec<String> {
    let rules = rules::entries().filter(|entry| entry.code == code).map(words::rule);
    let rows = diagnosis::rows().filter(|row| row.code == code).map(diagnoses::diagnosis);
    rules.chain(rows).collect()
}

fn unknown(code: &str) -> Failure {
    let message = format!("no rule and no diagnosis has the code `{code}`");
    let known = rules::entries().map(|entry| entry.code);
    let similar = closest(code, known.chain(diagnosis::rows().map(|row| row.code)));
    let hint = similar.map(|similar| format!("did you mean `{similar}`?"));
    Failure { hint, ..Failure::new(Exit::Usage, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_diagnosis_has_the_code_of_a_rule() {
        for row in diagnosis::rows() {
            assert_eq!(explained(row.code).len(), 1, "{}", row.code);
        }
    }
}
