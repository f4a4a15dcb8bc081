use std::net::IpAddr;
use std::ops::Range;

use bytes::Bytes;

use super::*;

#[test]
fn one_owner_leaves_room_for_the_others() {
    let budget = Budget::new(100_000, 60_000);
    let session = |address: u8| {
        let owner = Owner::Network(IpAddr::from([192, 0, 2, address]).into());
        Session::new("a", false, owner, &budget, Weak::new())
    };
    let message = |len| Arc::new(Message::new("a".to_owned(), Bytes::from(vec![7; len])));
    let deliver = |session: &mut Session, len| {
        let missed = session.missed;
        session.deliver(&message(len), QoS::AtLeastOnce, false);
        session.missed == missed
    };
    let [mut one, mut other] = [session(1), session(1)];
    assert!(deliver(&mut one, 70_000), "{OWN} bytes do not count");
    assert!(!deliver(&mut other, 30_000));
    assert!(deliver(&mut session(2), 30_000));
    // Small messages are delivered in any case.
    assert!(deliver(&mut one, 100) && deliver(&mut other, 100));
    // Filters count as well.
    let filter = |number| format!("{}{number}", "+/".repeat(30));
    let added = (0..).take_while(|number| other.subscribe(&filter(*number)).is_some()).count();
    assert!((2..20).contains(&added), "{added} filters");
    assert!(session(2).subscribe(&filter(0)).is_some());
    drop(one);
    assert!(deliver(&mut other, 30_000));
    assert!((0..added).all(|number| other.unsubscribe(&filter(number))));
    assert!(!other.unsubscribe(&filter(0)));
    assert_eq!(other.filtering, 0);
    // So do the topics of retained messages.
    let (subscription, _) = other.subscribe("#").unwrap();
    let topic = |number| vec![format!("{number}{}", "a".repeat(1000)).into()];
    let mut add = |number| other.add_topics(topic(number), &subscription, QoS::AtLeastOnce);
    let added = (0..).take_while(|number| add(*number)).count();
    assert!((10..50).contains(&added), "{added} topics");
}

#[test]
fn topics_are_added_all_or_none_and_each_of_them_once() {
    let budget = Budget::new(0, 0);
    let owner = Owner::User("a".to_owned());
    let mut session = Session::new("a", false, owner, &budget, Weak::new());
    let (subscription, _) = session.subscribe("#").unwrap();
    let topics = |range: Range<usize>| range.map(|number| number.to_string().into()).collect();
    let add =
        |session: &mut Session, range| session.add_topics(topics(range), &subscription, QoS::AtLeastOnce);
    assert!(add(&mut session, 0..80));
    let before = (session.wanted.len(), session.wanted.size());
    assert!(!add(&mut session, 0..1000));
    assert_eq!((session.wanted.len(), session.wanted.size()), before);
    for number in 0..40 {
        let message = Arc::new(Message::new(number.to_string(), Bytes::new()));
        session.deliver(&message, QoS::AtLeastOnce, true);
        session.waiting.clear();
        session.release(message.size());
    }
    assert_eq!(session.missed, 0);
    assert!(session.wanted.size() < before.1);
    assert!(add(&mut session, 0..80));
    assert_eq!((session.wanted.len(), session.wanted.size()), before);
}

#[test]
fn the_budget_has_what_the_session_does_not_use() {
    const ALL: usize = 50_000;
    let budget = Budget::new(ALL, ALL);
    let owner = Owner::User("a".to_owned());
    let mut session = Session::new("a", false, owner.clone(), &budget, Weak::new());
    let check = |session: &Session| {
        let used = session.held + session.filtering + session.wanted.size();
        let (mut rest, free) = (budget.share(owner.clone()), ALL - (used - OWN));
        assert!(rest.set(free) && !rest.set(free + 1));
        used
    };
    let topic = |number| format!("{number}{}", "a".repeat(100));
    let topics = || (0..100).map(|number| topic(number).into()).collect();
    for filter in ["#", "+", "+/#"] {
        let (subscription, _) = session.subscribe(filter).unwrap();
        assert!(session.add_topics(topics(), &subscription, QoS::AtLeastOnce));
        check(&session);
        session.unsubscribe(filter);
    }
    let before = check(&session);
    let message = Arc::new(Message::new(topic(0), Bytes::new()));
    session.deliver(&message, QoS::AtLeastOnce, true);
    assert!(check(&session) < before + message.size());
}
