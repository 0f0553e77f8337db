"""The Bielefeld case, ready to click: real committees, order and goals; invented institutions and prose of our own."""
