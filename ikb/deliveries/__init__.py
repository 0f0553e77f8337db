"""The ledger of messages: planned with their cause, claimed by lease, handed over once, proven afterwards."""
