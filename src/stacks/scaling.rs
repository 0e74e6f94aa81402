//! Policies go before the alarms that they are found by.

use super::account::Account;
use super::application::resolve_text;

#[tokio::test]
async fn an_interrupted_end_of_a_step_scaling_leaves_what_leads_to_the_rest() {
    let stack = |steps: &str| {
        let text = format!(
            "{{ kind: Service, name: web, image: web:1, scaling: {{ min: 1, max: 4, {steps} }} }}"
        );
        resolve_text(&text, None).unwrap_or_else(|problems| panic!("{problems}"))
    };
    let tracking = "targetTracking: [{ metric: cpu, target: 60 }]";
    let steps = "stepScaling: [{ name: load, metric: memory, steps: [{ from: 70, change: 1 }] }]";
    let mut account = Account::of(&stack(&format!("{tracking}, {steps}"))).await;
    let plan = account.apply(&stack(tracking)).await;
    let addresses: Vec<_> = plan.actions.iter().map(|action| action.address.to_string()).collect();
    assert_eq!(addresses, ["scaling-policy/web-load", "alarm/web-load"]);
    assert!(plan.actions[1].needs.contains(&0));
}
