//! A plan while it runs: each thing that happens, in the view.

use std::sync::Arc;

use super::events::apply;
use super::terminal::Terminal;
use super::view::View;
use crate::execute::Event;
use crate::plan::Plan;

/// Shows the events of a run.
pub struct Progress {
    plan: Arc<Plan>,
    terminal: Terminal,
    view: Arc<View>,
}

impl Progress {
    pub fn new(plan: Arc<Plan>, terminal: Terminal) -> Self {
        let view = Arc::new(View::new(terminal.clone(), Some(plan.actions.len())));
        Self { plan, terminal, view }
    }

    /// Where it is shown.
    pub fn view(&self) -> Arc<View> {
        self.view.clone()
    }

    /// Takes one event.
    pub fn show(&self, event: &Event) {
        if let Event::Rollout { action, progress } = event {
            self.view.look(&self.address(*action), progress);
        } else if self.terminal.is_json() {
            // A reader that went away does not stop the run.
            let _ = self.terminal.event(&apply::happened(event, &self.plan));
        } else {
            self.tell(event);
        }
    }

    fn tell(&self, event: &Event) {
        let view = &self.view;
        match event {
            Event::Started { action } => view.begin(&self.address(*action)),
            Event::Call { action, call } => {
                view.work(&self.address(*action), &self.plan.actions[*action].calls[*call].line);
            }
            Event::Rollout { action, progress } => view.look(&self.address(*action), progress),
            Event::Done { action } => view.done(&self.address(*action)),
            Event::Failed { action, message } => {
                view.failed(&self.address(*action), &format!("failed: {message}"));
            }
            Event::Skipped { action, because } => {
                let because = self.address(*because);
                let how = format!("not tried, for {because} was not done");
                view.failed(&self.address(*action), &how);
            }
        }
    }

    fn address(&self, action: usize) -> String {
        self.plan.actions[action].address.to_string()
    }
}
