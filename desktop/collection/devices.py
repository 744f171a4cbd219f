"""The devices of a collector, as the signed list tells, with the names they were given."""

from collections.abc import Mapping

from desktop.collection.autofill import Fields
from desktop.collection.values import DeviceCard
from desktop.vault.vault import Log, Records
from shared.domain.schema import Kind
from shared.ids import DeviceId, RecordId
from shared.membership import Member, Role, verify_chain

_PAPER_NAME = "Emergency kit"
_NAMELESS = "A device without a name"


def device_cards(log: Log, records: Records) -> tuple[DeviceCard, ...]:
    """Return the devices that may read now, this one first, the paper one last."""
    state = log.state()
    names = records.living(Kind.DEVICE)
    members = verify_chain(state.links, state.tenant).live
    cards = [_card(member, names, log.origin.device) for member in members]
    return tuple(sorted(cards, key=lambda card: (not card.this_one, card.paper, card.name)))


def device_record(device: DeviceId) -> RecordId:
    """Return the record in which a device's name stands: it has the device's own id."""
    return RecordId(device)


def _card(member: Member, names: Mapping[RecordId, Fields], here: DeviceId) -> DeviceCard:
    fields = names.get(device_record(member.device), {})
    paper = member.role is Role.PAPER
    name, platform = fields.get("name"), fields.get("platform")
    return DeviceCard(
        device=member.device,
        name=name if isinstance(name, str) else _PAPER_NAME if paper else _NAMELESS,
        platform=platform if isinstance(platform, str) else "",
        this_one=member.device == here,
        paper=paper,
    )
