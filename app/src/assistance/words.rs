//! What the values of consents are called.
use market::assistance::{ConsentState, Method, Span};
use market::kernel::Task;

/// What a household lets a helper do, as a box says it.
#[must_use]
pub fn task(task: Task) -> String {
    match task {
        Task::List => t!("assistance.task_list"),
        Task::Orders => t!("assistance.task_orders"),
        Task::Money => t!("assistance.task_money"),
    }
}

/// Several of them, in one breath.
#[must_use]
pub fn tasks(tasks: &[Task]) -> String {
    let short: Vec<String> = tasks
        .iter()
        .map(|task| match task {
            Task::List => t!("assistance.short_list"),
            Task::Orders => t!("assistance.short_orders"),
            Task::Money => t!("assistance.short_money"),
        })
        .collect();
    short.join(", ")
}

/// For how long.
#[must_use]
pub fn span(span: Span) -> String {
    match span {
        Span::Quarter => t!("assistance.span_quarter"),
        Span::Half => t!("assistance.span_half"),
        Span::Year => t!("assistance.span_year"),
    }
}

/// How a consent is known.
#[must_use]
pub fn method(method: Method) -> String {
    match method {
        Method::Code => t!("assistance.by_code"),
        Method::Paper => t!("assistance.by_paper"),
    }
}

/// What has become of it.
#[must_use]
pub fn state(state: ConsentState) -> String {
    match state {
        ConsentState::Asked => t!("assistance.state_asked"),
        ConsentState::Holds => t!("assistance.state_holds"),
        ConsentState::Over => t!("assistance.state_over"),
        ConsentState::Ended => t!("assistance.state_ended"),
        ConsentState::Refused => t!("assistance.state_refused"),
    }
}
