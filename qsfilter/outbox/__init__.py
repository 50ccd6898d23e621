"""Mails of our own: put durably into a folder while a message is answered, and sent later by `qsfilter outbox send`."""
