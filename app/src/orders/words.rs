//! What the values of orders are called.
use market::kernel::time::day_text;
use market::orders::{
    Collector, OrderEvent, OrderState, PaymentMethod, PaymentOfPart, PaymentStatus, Promise,
};

/// When goods that were not there are made, or delivered.
#[must_use]
pub fn promise(promise: Promise) -> String {
    match promise.harvest {
        Some(_) => t!("orders.promised_days", days = promise.days.text()),
        None => t!("orders.promised_made", day = day_text(promise.days.to)),
    }
}

/// Where a part of an order is.
#[must_use]
pub fn state(state: OrderState) -> String {
    match state {
        OrderState::Placed => t!("orders.placed"),
        OrderState::Confirmed => t!("orders.confirmed"),
        OrderState::Packed => t!("orders.packed"),
        OrderState::Shipped => t!("orders.shipped"),
        OrderState::Delivered => t!("orders.delivered"),
        OrderState::Completed => t!("orders.completed"),
        OrderState::Cancelled => t!("orders.cancelled"),
        OrderState::Returned => t!("orders.returned"),
    }
}

/// A step, as a button says it.
#[must_use]
pub fn event(event: OrderEvent) -> String {
    match event {
        OrderEvent::Confirm => t!("orders.confirm"),
        OrderEvent::Pack => t!("orders.pack"),
        OrderEvent::Ship => t!("orders.ship"),
        OrderEvent::Deliver => t!("orders.deliver"),
        OrderEvent::Complete => t!("orders.complete"),
        OrderEvent::Cancel => t!("orders.cancel"),
        OrderEvent::Expire => t!("orders.expire"),
        OrderEvent::Return => t!("orders.return"),
    }
}

/// How it is paid.
#[must_use]
pub fn method(method: PaymentMethod) -> String {
    match method {
        PaymentMethod::Cod => t!("orders.cod"),
        PaymentMethod::Vietqr => t!("orders.vietqr"),
        PaymentMethod::Card => t!("orders.card"),
    }
}

/// Where the money is.
#[must_use]
pub fn payment(status: PaymentStatus) -> String {
    match status {
        PaymentStatus::Pending => t!("orders.payment_pending"),
        PaymentStatus::Paid => t!("orders.payment_paid"),
        PaymentStatus::Cancelled => t!("orders.payment_cancelled"),
        PaymentStatus::Refunded => t!("orders.payment_refunded"),
    }
}

/// Whose hands the money comes into.
#[must_use]
pub fn collector(collector: Collector) -> String {
    match collector {
        Collector::Seller => t!("orders.collector_seller"),
        Collector::Carrier => t!("orders.collector_carrier"),
        Collector::Platform => t!("orders.collector_platform"),
    }
}

/// What calling a part off means for its money.
#[must_use]
pub fn called_off(payment: Option<&PaymentOfPart>) -> String {
    match payment.and_then(|payment| payment.paid) {
        Some(paid) => t!("orders.cancel_money_paid", amount = paid),
        None => t!("orders.cancel_money"),
    }
}

/// Who took a step.
#[must_use]
pub fn actor(kind: &str) -> String {
    match kind {
        "guest" | "buyer" => t!("orders.by_buyer"),
        "seller" => t!("orders.by_seller"),
        "officer" | "admin" => t!("orders.by_staff"),
        "helper" => t!("orders.by_helper"),
        _ => t!("orders.by_system"),
    }
}
