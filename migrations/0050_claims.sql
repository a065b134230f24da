-- What a buyer asks for once goods have arrived: money back for what was spoiled, short or not as described, or goods
-- sent back. Answered by the seller, decided by an officer where the two don't agree, paid back line by line.

-- How long each side may take. Published as they stand here, and enforced; a claim keeps those of its day.
create table deadlines (
    code       text not null,
    hours      integer not null constraint deadlines_hours_positive check (hours > 0),
    valid_from date not null,
    constraint deadlines_pkey primary key (code, valid_from)
);
insert into deadlines (code, hours, valid_from) values
    -- After delivery: fresh goods, and everything else.
    ('claim_fresh', 48, '2026-07-01'), ('claim_other', 168, '2026-07-01'),
    -- The seller's first answer; after that an officer looks.
    ('claim_answer', 48, '2026-07-01'),
    -- The buyer's answer to an offer; after that it counts as taken.
    ('offer_answer', 72, '2026-07-01'),
    -- Goods that are sent back are there.
    ('goods_back', 240, '2026-07-01'),
    -- A refusal can be taken to an officer for so long; the seller's word on it; the officer's decision.
    ('dispute_open', 168, '2026-07-01'), ('dispute_answer', 72, '2026-07-01'), ('dispute_decide', 240, '2026-07-01'),
    -- Money is given back.
    ('refund', 72, '2026-07-01');

create table claims (
    id              uuid primary key,
    -- Made when the form was shown: the same form twice is one claim.
    key             uuid not null constraint claims_key_once unique,
    seller_order_id uuid not null references seller_orders,
    reason          text not null constraint claims_reason_known
                    check (reason in ('spoiled', 'damaged', 'missing', 'wrong', 'not_as_described')),
    wish            text not null constraint claims_wish_known check (wish in ('refund', 'return')),
    -- Empty once the buyer is forgotten.
    text            text not null constraint claims_text_length check (char_length(text) <= 1000),
    -- Goods that spoil are not sent back.
    is_fresh        boolean not null,
    state           text not null constraint claims_state_known
                    check (state in ('open', 'offered', 'returning', 'disputed', 'refused', 'settled', 'declined', 'withdrawn')),
    opened_at       timestamptz not null,
    state_since     timestamptz not null,
    -- Until when whoever's turn it is may take it; what happens then is in the table of steps.
    due_at          timestamptz,
    -- In a dispute: until when the seller is heard.
    answer_by       timestamptz,
    -- Of the delivery fee, beside the lines.
    offered_shipping_vnd bigint not null default 0 constraint claims_shipping_not_negative check (offered_shipping_vnd >= 0),
    constraint claims_fresh_stays check (not (is_fresh and wish = 'return')),
    constraint claims_heard check ((state = 'disputed') <= (answer_by is not null)),
    constraint claims_clock check ((state in ('settled', 'declined', 'withdrawn')) = (due_at is null))
);
-- One at a time, so that two never decide about the same money.
create unique index claims_one_open on claims (seller_order_id) where state in ('open', 'offered', 'returning', 'disputed');
create index claims_part on claims (seller_order_id, opened_at);
create index claims_due on claims (due_at) where state in ('open', 'offered', 'returning');
create index claims_disputed on claims (due_at, id) where state = 'disputed';

create table claim_lines (
    claim_id      uuid not null references claims,
    order_line_id uuid not null references order_lines,
    quantity      bigint not null constraint claim_lines_quantity_positive check (quantity > 0),
    asked_vnd     bigint not null constraint claim_lines_asked_positive check (asked_vnd > 0),
    -- What the seller offers, or the officer gives.
    offered_vnd   bigint constraint claim_lines_offered_not_negative check (offered_vnd >= 0),
    -- What became of goods that were sent back.
    goods         text constraint claim_lines_goods_known check (goods in ('restocked', 'written_off')),
    constraint claim_lines_pkey primary key (claim_id, order_line_id)
);
create index claim_lines_line on claim_lines (order_line_id);

create table claim_events (
    id         bigint generated always as identity primary key,
    claim_id   uuid not null references claims,
    at         timestamptz not null,
    event      text not null,
    from_state text,
    to_state   text not null,
    actor_kind text not null,
    person_id  uuid references people,
    -- What was offered, granted or decided with it.
    amount_vnd bigint
);
create index claim_events_claim on claim_events (claim_id, id);
create index claim_events_person on claim_events (person_id) where person_id is not null;
create trigger claim_events_append_only before update or delete or truncate on claim_events
    for each statement execute function refuse_change();
-- What was said with it: forgotten with the buyer, while what happened stays.
create table claim_words (
    event_id bigint primary key references claim_events,
    claim_id uuid not null references claims,
    text     text not null constraint claim_words_text_length check (char_length(text) between 1 and 1000)
);
create index claim_words_claim on claim_words (claim_id);

-- Photographs about an order: of a claim, or of a message. Sealed like papers; whoever may see the order sees them.
alter table papers drop constraint papers_kind_known;
alter table papers add constraint papers_kind_known
    check (kind in ('identity', 'registration', 'certificate', 'consent', 'request', 'order'));
create table order_photos (
    paper_id        uuid not null references papers,
    seller_order_id uuid not null references seller_orders,
    message_id      uuid references order_messages,
    claim_id        uuid references claims,
    position        smallint not null constraint order_photos_at_most_six check (position between 1 and 6),
    constraint order_photos_of_one check (num_nonnulls(message_id, claim_id) = 1)
);
create index order_photos_part on order_photos (seller_order_id, paper_id);
create unique index order_photos_message on order_photos (message_id, position) where message_id is not null;
create unique index order_photos_claim on order_photos (claim_id, position) where claim_id is not null;
create index order_photos_paper on order_photos (paper_id);
create index papers_of_orders on papers (created_at) where kind = 'order';
-- A message may be a photograph alone.
alter table order_messages drop constraint order_messages_text_length;
alter table order_messages add constraint order_messages_text_length check (char_length(text) <= 1000);

-- Money that is given back: decided, then handed over. By line, or of the delivery fee where there is no line.
create table refunds (
    id              uuid primary key,
    payment_id      uuid not null references payments,
    claim_id        uuid references claims,
    order_line_id   uuid references order_lines,
    amount_vnd      bigint not null constraint refunds_amount_positive check (amount_vnd > 0),
    -- Of what was not paid yet less is asked for: nothing is owed.
    status          text not null constraint refunds_status_known check (status in ('owed', 'given_back', 'taken_off')),
    due_at          timestamptz not null,
    decided_at      timestamptz not null,
    given_back_at   timestamptz,
    reminded_at     timestamptz,
    -- How it was given back, as the seller says.
    note            text not null default '',
    constraint refunds_given_when check ((status = 'given_back') = (given_back_at is not null)),
    constraint refunds_once_a_line unique nulls not distinct (claim_id, order_line_id, status)
);
create index refunds_payment on refunds (payment_id);
create index refunds_line on refunds (order_line_id) where order_line_id is not null;
create index refunds_owed on refunds (due_at) where status = 'owed';
create index refunds_claim on refunds (claim_id) where claim_id is not null;
create index refunds_unreminded on refunds (due_at) where status = 'owed' and reminded_at is null;

-- The sum of the refunds, which is what is given back and what is no longer asked for; never more than the part costs.
alter table payments
    add refunded_vnd bigint not null default 0,
    -- Of it, what is no longer asked for.
    add taken_off_vnd bigint not null default 0,
    add constraint payments_refunded_at_most check (refunded_vnd between 0 and amount_vnd),
    add constraint payments_taken_off_of_refunded check (taken_off_vnd between 0 and refunded_vnd);

-- No line is given back more than it cost.
create function refund_within_line() returns trigger language plpgsql as $$
begin
    if new.order_line_id is null then return new; end if;
    if (select line_vnd from order_lines where id = new.order_line_id for update)
        < (select sum(amount_vnd) from refunds where order_line_id = new.order_line_id) then
        raise exception using errcode = 'check_violation', constraint = 'refunds_within_line', message = 'more than the line cost';
    end if;
    return new;
end $$;
create trigger refunds_within_line after insert on refunds for each row execute function refund_within_line();

-- What comes back stands in the stock again, or is written off, which leaves no movement.
alter table stock_movements drop constraint stock_movements_kind_known;
alter table stock_movements add constraint stock_movements_kind_known
    check (kind in ('counted', 'reserved', 'released', 'shipped', 'returned'));

-- Reports count what was given back of a line.
create or replace view report_lines as
select
    (part.placed_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
    part.order_id,
    part.id as seller_order_id,
    part.seller_id,
    part.seller_kind,
    part.commune_id,
    part.former_commune_id,
    part.state,
    part.placed_at,
    orders.channel,
    orders.payment_method,
    line.product_id,
    line.group_code,
    line.stars,
    line.quantity,
    line.line_vnd,
    payments.status as payment_status,
    case when part.state = 'returned' then line.line_vnd
         else coalesce((select sum(amount_vnd) from refunds where order_line_id = line.id), 0)::bigint end as refunded_vnd
from order_lines as line
join seller_orders as part on part.id = line.seller_order_id
join orders on orders.id = part.order_id
join payments on payments.seller_order_id = part.id
where part.state <> 'cancelled';

-- What is done about a claim stands in the household's diary.
create or replace function seller_of_deed(on_behalf_of uuid, subject_kind text, subject uuid) returns uuid language sql stable as $$
    select case
        when subject_kind = 'authority_request' then null
        when subject_kind = 'paper' and exists (select from papers where id = subject and kind = 'request') then null
        else coalesce(case subject_kind
            when 'seller' then subject
            when 'product' then (select seller_id from products where id = subject)
            when 'seller_order' then (select seller_id from seller_orders where id = subject)
            when 'certificate' then (select seller_id from certificates where id = subject)
            when 'paper' then (select seller_id from papers where id = subject)
            when 'household_consent' then (select seller_id from household_consents where id = subject)
            when 'import' then (select seller_id from imports where id = subject)
            when 'lot' then (select seller_id from lots where id = subject)
            when 'claim' then (
                select part.seller_id from claims join seller_orders as part on part.id = claims.seller_order_id where claims.id = subject)
        end, on_behalf_of)
    end
$$;
