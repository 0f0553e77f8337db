"""What came another way than through a link: letters, mails, notes of events, recorded and split into remarks."""
