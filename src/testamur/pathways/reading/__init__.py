"""From text to a programme: bounded YAML or JSON with places, the published schema, and then the model.

1. `source.tree` reads the text into plain values and remembers the line of each.
2. `schema` says what a programme may look like; every broken rule is a `Mistake` with its line and a sentence.
3. `programmes.read_programme` builds the frozen model and checks what a schema cannot see: names that lead nowhere, a minimum
   above a maximum.

What is wrong is a code with facts (`sentences`), said in English or Korean by whoever shows it.
"""

from testamur.pathways.reading.mistakes import Mistake, NotAProgramme
from testamur.pathways.reading.programmes import read_programme
from testamur.pathways.reading.schema import SCHEMA, SCHEMA_ADDRESS
from testamur.pathways.reading.sentences import Fault, said
from testamur.pathways.reading.source import read_values

__all__ = ["SCHEMA", "SCHEMA_ADDRESS", "Fault", "Mistake", "NotAProgramme", "read_programme", "read_values", "said"]
