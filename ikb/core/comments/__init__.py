"""What people wrote in their own words: letters read, compared word by word, never judged by a bare similarity."""
