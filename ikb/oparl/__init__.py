"""The council system: what it says about committees, sittings, agendas and results is read, compared and taken over."""
