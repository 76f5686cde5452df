"""Random lives of the whole money: members, cards, banks, the team, workers that die (see test_money_machine)."""
