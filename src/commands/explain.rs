//! `ecsctl explain`

use super::exit::{Exit, Failure};
use crate::cli::Global;
use crate::manifest::problem::closest;
use crate::model::rules;
use crate::report::rules::{page, rule};

/// Say what a rule asks of manifests, with an example; without a code, all rules as Markdown
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Code of a problem, such as `task-size`
    pub code: Option<String>,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Exit, Failure> {
    let terminal = global.terminal();
    let Some(code) = &args.code else {
        terminal.result(&page(rules::entries()))?;
        return Ok(Exit::Done);
    };
    let entries: Vec<_> = rules::entries().filter(|entry| entry.code == code).collect();
    if entries.is_empty() {
        let failure = Failure::new(Exit::Usage, format!("no rule has the code `{code}`"));
        let similar = closest(code, rules::entries().map(|entry| entry.code));
        let hint = similar.map(|similar| format!("did you mean `{similar}`?"));
        return Err(Failure { hint, ..failure });
    }
    let texts: Vec<_> = entries.into_iter().map(rule).collect();
    terminal.result(&texts.join("\n"))?;
    Ok(Exit::Done)
}
