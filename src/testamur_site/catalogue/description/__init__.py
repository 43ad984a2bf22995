"""The typed description of a micro-credential: elements, controlled lists, JSON form. Pure: no Django, no database."""
