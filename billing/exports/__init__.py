"""Files for accountants and the tax office. Each is written line by line from one query: memory stays flat.

⚖ Which lines the law asks for, and under which codes, is for the operator's accountant to confirm (docs/money.md).
"""
