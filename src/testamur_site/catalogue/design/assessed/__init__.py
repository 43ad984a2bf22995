"""Where staff design the assessment: tasks, rubrics as tables, the library of rubrics, and which outcome is assessed where."""
