from claims.models.claims import Claim, ClaimCounter, ClaimStep
from claims.models.money import LimitUse, Payment
from claims.models.papers import Paper

__all__ = ["Claim", "ClaimCounter", "ClaimStep", "LimitUse", "Paper", "Payment"]
