"""Pure Python, no Flask, no database: dates, texts and states as functions that can be read and checked alone."""
