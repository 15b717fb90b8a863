-- A body may be several parts: which ones, how their lines are to be taken, and what closes the message to us.

ALTER TABLE part ADD COLUMN in_text INTEGER NOT NULL DEFAULT 0;
ALTER TABLE part ADD COLUMN in_html INTEGER NOT NULL DEFAULT 0;
ALTER TABLE part ADD COLUMN line_format INTEGER NOT NULL DEFAULT 0;    -- 0 fixed, 1 flowed, 2 flowed with DelSp (RFC 3676)
ALTER TABLE message ADD COLUMN encryption INTEGER NOT NULL DEFAULT 0;  -- 0 none, 1 OpenPGP, 2 S/MIME, 3 S/MIME signed

-- What is known of messages that came before this step: one text, one HTML.
UPDATE part SET in_text = 1
    WHERE section = (SELECT text_section FROM message m WHERE m.id = message_id);
UPDATE part SET in_html = 1
    WHERE section = (SELECT html_section FROM message m WHERE m.id = message_id);
