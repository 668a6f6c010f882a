from orgs.models.audit import AuditEvent
from orgs.models.organizations import Organization
from orgs.models.people import Role, User
from orgs.models.regions import Region, RegionName
from orgs.models.scoped import ScopedModel
from orgs.models.tokens import ApiToken

__all__ = ["ApiToken", "AuditEvent", "Organization", "Region", "RegionName", "Role", "ScopedModel", "User"]
