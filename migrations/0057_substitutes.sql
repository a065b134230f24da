-- Something else instead of what ran out: offered by the seller before packing, taken or declined by the buyer.

create table substitutes (
    id            uuid primary key,
    order_line_id uuid not null references order_lines,
    variant_id    uuid not null references variants,
    -- As the buyer saw it.
    name          text not null,
    unit          text not null,
    quantity      bigint not null constraint substitutes_quantity_positive check (quantity > 0),
    price_vnd     bigint not null constraint substitutes_price_positive check (price_vnd > 0),
    line_vnd      bigint not null constraint substitutes_line_positive check (line_vnd > 0),
    words         text not null default '',
    state         text not null constraint substitutes_state_known check (state in ('offered', 'taken', 'declined', 'withdrawn')),
    offered_at    timestamptz not null,
    offered_by    uuid references people,
    answered_at   timestamptz,
    constraint substitutes_answered_when check ((state = 'offered') = (answered_at is null))
);
create unique index substitutes_one_open on substitutes (order_line_id) where state = 'offered';
create index substitutes_line on substitutes (order_line_id, offered_at);
create index substitutes_variant on substitutes (variant_id);

-- A variant stands in one line of a part at most.
create unique index order_lines_variant_once on order_lines (seller_order_id, variant_id);

alter table line_changes drop constraint line_changes_kind_known;
alter table line_changes add constraint line_changes_kind_known check (kind in ('weighed', 'short', 'later', 'substituted'));
