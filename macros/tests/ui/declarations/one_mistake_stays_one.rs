use framewright::prelude::*;

#[derive(Frame)]
struct Broken {
    body: Vec<u8>,
}

#[derive(Frame)]
#[frame(be)]
struct Uses {
    id: u16,
    #[len_prefixed(u8)]
    broken: Broken,
    #[count_prefixed(u8)]
    list: Vec<Broken>,
}

fn use_it(broken: &Broken, uses: &Uses) {
    drop(broken.to_vec());
    drop(broken.dump().to_string());
    drop(Broken::decode(&[]));
    drop(Uses::parse(&[]));
    drop(uses.encoded_len());
}

fn main() {}
