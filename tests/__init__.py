"""What ikb promises, told as tests; the folders mirror the rooms."""
