//! The program against moto_server: a real account's API, as far as moto has it.

pub mod support {
    pub mod account;
    pub mod ecsctl;
    pub mod events;
    pub mod manifests;
    pub mod moto;
}

mod live {
    mod credentials;
    mod ownership;
    mod shop;
}
