//! Steps that are one transaction.

use std::time::Duration;

use super::{
    Reading,
    expect::ExpectTemplate,
    positive,
    request::read_name,
    step::{self, Steps},
};
use crate::{
    document::{Fields, Node},
    scenario::TaskResult,
    template::Template,
    user::{Transaction, User},
};

/// `transaction: {name: check out, do: [..]}`
pub(super) struct TransactionStep {
    name: Template,
    expect: Option<ExpectTemplate>,
    within: Option<Duration>,
    interrupt_flow: bool,
    skip_transaction: bool,
    steps: Steps,
}

impl TransactionStep {
    /// Reads the mapping under `transaction`.
    pub(super) fn read(node: &Node, path: &str, reading: &Reading<'_>) -> Option<Self> {
        let mut fields = reading.fields(node, path)?;
        fields.require_node("name", "a transaction's name");
        let name = read_name(&mut fields, reading);
        let within = positive(&mut fields, "within");
        let interrupt_flow = fields.get("interrupt_flow").unwrap_or(false);
        let skip_transaction = fields.get("skip_transaction").unwrap_or(false);
        let expect = read_expect(&mut fields, reading);
        fields.require_node("do", "a list of steps, such as `- get: /`");
        let steps = step::read_steps(&mut fields, "do", reading);
        fields.finish();
        Some(Self { name: name?, expect, within, interrupt_flow, skip_transaction, steps: steps? })
    }

    /// Takes its steps.
    pub(super) async fn run(&self, user: &mut User) -> TaskResult {
        let mut transaction = Transaction::new(self.name.render(&mut user.scope())?);
        if let Some(expect) = &self.expect {
            transaction = transaction.expect(expect.render(&mut user.scope())?);
        }
        if let Some(within) = self.within {
            transaction = transaction.within(within);
        }
        if self.interrupt_flow {
            transaction = transaction.interrupt_flow();
        }
        if self.skip_transaction {
            transaction = transaction.skip_transaction();
        }
        let work = async |user: &mut User| Box::pin(self.steps.go(user)).await;
        user.transaction(&transaction, work).await
    }
}

fn read_expect(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<ExpectTemplate> {
    Some(ExpectTemplate::read(fields.fields("expect")?, reading))
}
