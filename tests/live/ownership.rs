//! Whose a resource is decides what may happen to it.

use crate::support::account::Account;
use crate::support::ecsctl::Ecsctl;
use crate::support::events::Events;
use crate::support::manifests::Manifests;
use crate::support::moto::Moto;
