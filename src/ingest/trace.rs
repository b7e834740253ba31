//! Records that are watched for while everything is read: where each is, and what it says.

use crate::webhook::{Decoded, Message, Snapshot, Text, TicketId};

/// What is watched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// Nothing.
    Nothing,
    /// The records of a ticket.
    Ticket(TicketId),
    /// Records with something that a customer wrote.
    Messages,
}

/// A record that was watched for.
#[derive(Debug, Clone, PartialEq)]
pub struct Traced {
    /// Number of its file in file order.
    pub file: u32,
    /// Its line, counted from 1.
    pub line: u64,
    /// What it says.
    pub snapshot: Snapshot<'static>,
    /// Hash of its payload: equal bytes give equal hashes.
    pub payload_hash: u64,
    /// What the customer wrote, if messages are watched for.
    pub message: Option<Message>,
}

impl Traced {
    /// What a record says, if it is watched for. Its file is not known yet.
    pub(super) fn of(decoded: &Decoded<'_>, line: u64, watch: Watch) -> Option<Self> {
        let Decoded { snapshot, payload_hash, message } = decoded;
        let is_wanted = match watch {
            Watch::Nothing => false,
            Watch::Ticket(ticket) => snapshot.ticket == ticket,
            Watch::Messages => message.is_some(),
        };
        is_wanted.then(|| Self {
            file: 0,
            line,
            snapshot: owned(snapshot),
            payload_hash: *payload_hash,
            message: message.clone(),
        })
    }
}

/// A snapshot that does not borrow its texts.
fn owned(of: &Snapshot<'_>) -> Snapshot<'static> {
    let text = |text: &Option<Text<'_>>| text.clone().map(Text::into_owned);
    Snapshot {
        organization: of.organization.clone().into_owned(),
        ticket: of.ticket,
        event: of.event,
        status: of.status,
        ticket_type: text(&of.ticket_type),
        queue: text(&of.queue),
        location: text(&of.location),
        category: text(&of.category),
        received_at: of.received_at,
        created_at: of.created_at,
        activated_at: of.activated_at,
        called_at: of.called_at,
        fulfilled_at: of.fulfilled_at,
        completed_at: of.completed_at,
        rejected_at: of.rejected_at,
        booking_start: of.booking_start,
        booking_end: of.booking_end,
        people: of.people,
        retries: of.retries,
        rating: of.rating,
        oddities: of.oddities.clone(),
    }
}
