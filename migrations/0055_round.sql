-- The collector's round: marks that are made on a phone without a network, and sent later.

alter table parcel_events
    -- Made with the mark on the phone: however often it arrives, it is one event.
    add key uuid,
    -- When it was marked, as the phone's clock has it; the instant of the event is when it arrived.
    add marked_at timestamptz,
    add constraint parcel_events_key_once unique (parcel_id, key);
