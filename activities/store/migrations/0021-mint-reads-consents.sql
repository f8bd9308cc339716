-- The mint signs for other people's clients only while their person's sign-in there and consent stand. Of sign-ins it reads
-- no more than that either.
grant select (subject, client_id) on client_consents to countersign_mint;
revoke select on client_sign_ins from countersign_mint;
grant select (sign_in_id, subject, client_id, ended_at) on client_sign_ins to countersign_mint;
