-- Photographs: the row says what there is, the object store holds the bytes under names made from their content.

create table photos (
    id         uuid primary key,
    seller_id  uuid not null references sellers,
    -- SHA-256 of the file as it came; the same file of the same seller is one photograph.
    digest     text not null,
    width      integer not null constraint photos_width_positive check (width > 0),
    height     integer not null constraint photos_height_positive check (height > 0),
    -- A blurred picture of a few hundred bytes as a data URI, shown until the real one is there.
    preview    text not null,
    created_at timestamptz not null,
    constraint photos_once_a_seller unique (seller_id, digest)
);

create table photo_variants (
    photo_id uuid not null references photos on delete cascade,
    width    integer not null,
    height   integer not null,
    format   text not null constraint photo_variants_format_known check (format in ('webp', 'jpeg')),
    -- The name below /media: content-addressed, never written twice.
    key      text not null,
    constraint photo_variants_pkey primary key (photo_id, width, format)
);
