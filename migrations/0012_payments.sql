-- Money asked for and received. Whose hands it is in is a field of every payment.

create table payments (
    id              uuid primary key,
    seller_order_id uuid not null constraint payments_once_a_part unique references seller_orders,
    method          text not null constraint payments_method_known check (method in ('cod', 'vietqr', 'card')),
    status          text not null constraint payments_status_known check (status in ('pending', 'paid', 'cancelled', 'refunded')),
    collector       text not null constraint payments_collector_known check (collector in ('seller', 'carrier', 'platform')),
    amount_vnd      bigint not null constraint payments_amount_positive check (amount_vnd > 0),
    paid_at         timestamptz,
    created_at      timestamptz not null,
    constraint payments_paid_when check ((status in ('paid', 'refunded')) = (paid_at is not null))
);

create table payment_events (
    id         bigint generated always as identity primary key,
    payment_id uuid not null references payments,
    at         timestamptz not null,
    status     text not null,
    amount_vnd bigint not null,
    actor_kind text not null,
    person_id  uuid
);
create index payment_events_payment on payment_events (payment_id, id);
create trigger payment_events_append_only before update or delete or truncate on payment_events
    for each statement execute function refuse_change();
