"""What a council system says over OParl 1.1 or 1.0, read strictly: facts that can be relied on, and a sentence per fault."""
