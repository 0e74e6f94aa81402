//! Step scaling covers the side of the threshold on which its alarm is raised, without gaps.

use super::scaling::ten;
use super::table::Entry;
use super::{Scope, ServiceView};
use crate::manifest::problem::Problem;
use crate::model::documents::scaling::{PolicyMetric, Step, StepScaling as Document};
use crate::model::resolved::scaling::{AdjustmentType, Decimal, Metric, StepScaling};

const GUIDE: &str = "Application Auto Scaling User Guide, step scaling policies";
const ALARM: &str = "Amazon CloudWatch API Reference, PutMetricAlarm";
const MOST_STEPS: usize = 20;
/// Seconds that the periods of an alarm may add up to: a day, or a week of long periods.
const LONGEST: u32 = 86_400;
const LONGEST_OF_HOURS: u32 = 604_800;

macro_rules! steps {
    ($fields:literal) => {
        concat!(
            "{ kind: Service, name: web, image: nginx, port: 80, scaling: { min: 1, max: 9, stepScaling: [{ name: a, ",
            $fields,
            " }] } }"
        )
    };
}

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "step-metric",
        rule: "Step scaling follows `cpu`, `memory`, a metric of your own, or the result of `metrics`",
        source: "",
        wrong: steps!("metric: albRequests, steps: [{ from: 80, change: 1 }]"),
        right: steps!("metric: cpu, steps: [{ from: 80, change: 1 }]"),
    },
    Entry {
        code: "step-quota",
        rule: "Step scaling has 1 to 20 steps",
        source: GUIDE,
        wrong: concat!(
            "{ kind: Service, name: web, image: nginx, port: 80, scaling: { min: 1, max: 9, stepScaling: [{ name: a, metric: cpu, steps: [",
            ten!(ten!("{ change: 1 },")),
            "] }] } }"
        ),
        right: steps!("metric: cpu, steps: [{ from: 80, change: 1 }]"),
    },
    Entry {
        code: "step-range",
        rule: "A step ends above where it begins",
        source: GUIDE,
        wrong: steps!(
            "metric: cpu, steps: [{ from: 80, to: 80, change: 1 }, { from: 80, change: 2 }]"
        ),
        right: steps!(
            "metric: cpu, steps: [{ from: 80, to: 90, change: 1 }, { from: 90, change: 2 }]"
        ),
    },
    Entry {
        code: "step-range",
        rule: "Each step begins where the one before it ends",
        source: GUIDE,
        wrong: steps!(
            "metric: cpu, steps: [{ from: 70, to: 80, change: 1 }, { from: 90, change: 2 }]"
        ),
        right: steps!(
            "metric: cpu, steps: [{ from: 70, to: 90, change: 1 }, { from: 90, change: 2 }]"
        ),
    },
    Entry {
        code: "step-range",
        rule: "On the side of the threshold where there are steps, the last of them is open",
        source: GUIDE,
        wrong: steps!("metric: cpu, steps: [{ from: 80, to: 90, change: 1 }]"),
        right: steps!("metric: cpu, steps: [{ from: 80, change: 1 }]"),
    },
    Entry {
        code: "step-threshold",
        rule: "The alarm's threshold is written where the steps do not tell it",
        source: GUIDE,
        wrong: steps!("metric: cpu, steps: [{ change: 1 }]"),
        right: steps!("metric: cpu, steps: [{ change: 1 }], alarm: { threshold: 80 }"),
    },
    Entry {
        code: "step-change",
        rule: "`ExactCapacity` takes counts of tasks, from 0",
        source: GUIDE,
        wrong: steps!(
            "metric: cpu, adjustmentType: ExactCapacity, steps: [{ from: 80, change: -1 }]"
        ),
        right: steps!(
            "metric: cpu, adjustmentType: ExactCapacity, steps: [{ from: 80, change: 4 }]"
        ),
    },
    Entry {
        code: "step-change",
        rule: "`minAdjustmentMagnitude` goes with `PercentChangeInCapacity` only",
        source: GUIDE,
        wrong: steps!("metric: cpu, minAdjustmentMagnitude: 2, steps: [{ from: 80, change: 1 }]"),
        right: steps!(
            "metric: cpu, adjustmentType: PercentChangeInCapacity, minAdjustmentMagnitude: 2, steps: [{ from: 80, change: 10 }]"
        ),
    },
    Entry {
        code: "alarm-period",
        rule: "An alarm's period is 10, 20 or 30 seconds, or minutes",
        source: ALARM,
        wrong: steps!("metric: cpu, steps: [{ from: 80, change: 1 }], alarm: { period: 90s }"),
        right: steps!("metric: cpu, steps: [{ from: 80, change: 1 }], alarm: { period: 2m }"),
    },
    Entry {
        code: "alarm-period",
        rule: "All periods of an alarm together are at most a day, or a week with periods from an hour",
        source: ALARM,
        wrong: steps!(
            "metric: cpu, steps: [{ from: 80, change: 1 }], alarm: { period: 30m, evaluationPeriods: 49 }"
        ),
        right: steps!(
            "metric: cpu, steps: [{ from: 80, change: 1 }], alarm: { period: 1h, evaluationPeriods: 49 }"
        ),
    },
    Entry {
        code: "alarm-datapoints",
        rule: "`datapointsToAlarm` is at most `evaluationPeriods`",
        source: ALARM,
        wrong: steps!(
            "metric: cpu, steps: [{ from: 80, change: 1 }], alarm: { evaluationPeriods: 2, datapointsToAlarm: 3 }"
        ),
        right: steps!(
            "metric: cpu, steps: [{ from: 80, change: 1 }], alarm: { evaluationPeriods: 3, datapointsToAlarm: 2 }"
        ),
    },
];

pub(super) fn check(scope: &Scope<'_>) -> Vec<Problem> {
    scope.each_service(|service| {
        let written = service.document().scaling.iter().flat_map(|scaling| &scaling.step_scaling);
        let meant = service.value.scaling.iter().flat_map(|scaling| &scaling.step_scaling);
        let views = written.zip(meant).enumerate().map(|(index, (document, value))| View {
            service,
            document,
            value,
            base: format!("/scaling/stepScaling/{index}"),
        });
        views.flat_map(|view| view.check()).collect()
    })
}

/// A step scaling as written and as it is meant.
struct View<'a> {
    service: &'a ServiceView<'a>,
    document: &'a Document,
    value: &'a StepScaling,
    base: String,
}

impl View<'_> {
    fn check(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self.metric().into_iter().collect();
        problems.extend(self.count());
        problems.extend(self.ranges());
        problems.extend(self.open_side());
        problems.extend(self.changes());
        problems.extend(self.alarm());
        problems
    }

    fn value(&self, pointer: &str) -> crate::manifest::node::Span {
        self.service.written.value(&format!("{}{pointer}", self.base))
    }

    fn step(&self, index: usize, field: &str) -> crate::manifest::node::Span {
        self.value(&format!("/steps/{index}{field}"))
    }

    fn metric(&self) -> Option<Problem> {
        let error = |message: &str| Problem::error("step-metric", message.to_owned());
        match (&self.document.metric, &self.document.metrics[..]) {
            (
                Some(
                    PolicyMetric::Predefined(Metric::Cpu | Metric::Memory)
                    | PolicyMetric::Custom(_),
                ),
                [],
            )
            | (None, [_, ..]) => None,
            (Some(PolicyMetric::Predefined(metric)), []) => Some(
                error(&format!("no alarm can follow `{}`", metric.field_value()))
                    .at(&self.value("/metric"), "for target tracking only")
                    .hint(
                        "follow `cpu` or `memory`, or write the metric with its namespace and name",
                    ),
            ),
            (None, []) | (Some(_), [_, ..]) => Some(
                error("a policy follows `metric`, or what `metrics` calculate")
                    .at(&self.value(""), "expected one of the two"),
            ),
        }
    }

    fn count(&self) -> Option<Problem> {
        let count = self.document.steps.len();
        let is_right = (1..=MOST_STEPS).contains(&count);
        (!is_right).then(|| {
            Problem::error("step-quota", format!("{count} steps"))
                .at(&self.value("/steps"), "expected 1 to 20")
        })
    }

    fn ranges(&self) -> Vec<Problem> {
        let error = |message: String| Problem::error("step-range", message);
        let steps = &self.document.steps;
        let mut problems = vec![];
        for (index, step) in steps.iter().enumerate() {
            if let (Some(from), Some(to)) = (step.from, step.to)
                && from >= to
            {
                problems.push(
                    error(format!("the step ends at {to}, but begins at {from}"))
                        .at(&self.step(index, "/to"), "expected more than `from`"),
                );
            }
        }
        for (index, pair) in steps.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            problems.extend(self.seam(index + 1, before, after));
        }
        problems
    }

    fn seam(&self, index: usize, before: &Step, after: &Step) -> Option<Problem> {
        let (end, start) = (before.to, after.from);
        if end.is_some() && end == start {
            return None;
        }
        let bound = |bound: Option<Decimal>| bound.map_or("open".to_owned(), |it| it.to_string());
        let message =
            format!("a step ends at {}, and the next begins at {}", bound(end), bound(start));
        let problem = Problem::error("step-range", message)
            .at(&self.step(index, ""), "expected to begin where the one before ends")
            .at(&self.step(index - 1, ""), "the one before");
        Some(
            problem.hint(
                "write the steps in ascending order; only the first and the last can be open",
            ),
        )
    }

    /// AWS: where a bound is beyond the threshold, the last step on that side has none.
    fn open_side(&self) -> Option<Problem> {
        let steps = &self.document.steps;
        let (first, last) = (steps.first()?, steps.last()?);
        let above = self.value.alarm.comparison_operator.is_above();
        let edge = if above { first.from } else { last.to };
        let alarm = &self.document.alarm;
        if alarm.threshold.or(edge).is_none() {
            let problem =
                Problem::error("step-threshold", "the steps do not tell when to raise the alarm")
                    .at(&self.value("/steps"), "open where the alarm is raised");
            return Some(problem.hint("add `alarm: { threshold: … }`"));
        }
        let threshold = self.value.alarm.threshold;
        let (last_index, error) =
            (steps.len() - 1, |message: &str| Problem::error("step-range", message.to_owned()));
        match (first.from, last.to) {
            (_, Some(to)) if to > threshold => Some(
                error("values above the last step would do nothing")
                    .at(&self.step(last_index, "/to"), "expected none: the last step is open"),
            ),
            (Some(from), _) if from < threshold => Some(
                error("values below the first step would do nothing")
                    .at(&self.step(0, "/from"), "expected none: the first step is open"),
            ),
            _ => None,
        }
    }

    fn changes(&self) -> Vec<Problem> {
        let error = |message: String| Problem::error("step-change", message);
        let is_exact = self.document.adjustment_type == AdjustmentType::ExactCapacity;
        let negative = self.document.steps.iter().enumerate();
        let mut problems: Vec<Problem> = negative
            .filter(|(_, step)| is_exact && step.change < 0)
            .map(|(index, step)| {
                error(format!("no service has {} tasks", step.change))
                    .at(&self.step(index, "/change"), "expected 0 or more with `ExactCapacity`")
            })
            .collect();
        let is_percent = self.document.adjustment_type == AdjustmentType::PercentChangeInCapacity;
        if self.document.min_adjustment_magnitude.is_some() && !is_percent {
            problems.push(
                error("`minAdjustmentMagnitude` is for percentages".to_owned())
                    .at(&self.value("/minAdjustmentMagnitude"), "of no use")
                    .hint("remove it, or set `adjustmentType: PercentChangeInCapacity`"),
            );
        }
        problems
    }

    fn alarm(&self) -> Vec<Problem> {
        let alarm = &self.value.alarm;
        let (period, periods) = (alarm.period, alarm.evaluation_periods);
        let mut problems = vec![];
        if !([10, 20, 30].contains(&period) || (period > 0 && period.is_multiple_of(60))) {
            let problem = Problem::error("alarm-period", format!("a period cannot be {period}s"));
            let expected = "expected 10s, 20s, 30s, or minutes";
            problems.push(problem.at(&self.value("/alarm/period"), expected));
        }
        let longest = if period >= 3600 { LONGEST_OF_HOURS } else { LONGEST };
        if period.saturating_mul(periods) > longest {
            let message = format!("{periods} periods of {period}s are more than {longest}s");
            problems.push(
                Problem::error("alarm-period", message)
                    .at(&self.value("/alarm/evaluationPeriods"), "expected fewer, or shorter ones"),
            );
        }
        if alarm.datapoints_to_alarm > periods {
            let message =
                format!("{} of {periods} periods cannot be breaching", alarm.datapoints_to_alarm);
            problems.push(Problem::error("alarm-datapoints", message).at(
                &self.value("/alarm/datapointsToAlarm"),
                "expected at most `evaluationPeriods`",
            ));
        }
        problems
    }
}
