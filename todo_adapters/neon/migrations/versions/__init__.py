"""The steps of the schema, by age. A step that was released is never changed."""
