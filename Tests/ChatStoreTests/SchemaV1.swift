let schemaV1 = """
    """
