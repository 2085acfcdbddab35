"""The differential of every operation, one file a family."""

from symbolic.rules import elementwise, linear, operations, products
from symbolic.rules.registry import RULES, Rule, rule_for

__all__ = ["RULES", "Rule", "elementwise", "linear", "operations", "products", "rule_for"]
