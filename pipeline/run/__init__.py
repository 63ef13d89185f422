"""The uses of filrouge as plain functions; the only package that knows the order of the steps.

Paths in, frozen results out; what is read is never changed, what is written is written whole.
"""

from pipeline.run.agreement import Agreement, agree_study, compare, write_agreement
from pipeline.run.batching import Batched, batch, batch_status, batch_summary
from pipeline.run.coding import Outcome, code
from pipeline.run.consensus import Consensus, import_consensus
from pipeline.run.inventory import Inventory, inform
from pipeline.run.planning import Plan, plan_study
from pipeline.run.steps import Progress, silent
from pipeline.run.training import Material, read_material, train_study

__all__ = [
    "Agreement",
    "Batched",
    "Consensus",
    "Inventory",
    "Material",
    "Outcome",
    "Plan",
    "Progress",
    "agree_study",
    "batch",
    "batch_status",
    "batch_summary",
    "code",
    "compare",
    "import_consensus",
    "inform",
    "plan_study",
    "read_material",
    "silent",
    "train_study",
    "write_agreement",
]
