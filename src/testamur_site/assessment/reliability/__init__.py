"""How far the marks of a task can be relied on, for whoever leads the programme: the library's figures, said in words."""
