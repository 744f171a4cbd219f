"""What the items are made of: plain words of our own choosing."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _words(
    """Amber Brave Bright Calm Cheeky Clever Cosy Curious Dapper Dizzy Dreamy Dusty Eager Fancy
    Fluffy Fuzzy Gentle Giddy Golden Happy Hazel Humble Ivory Jolly Jumpy Lively Lucky Mellow
    Merry Mighty Misty Nimble Noble Patchy Peppy Plucky Proud Quiet Rosy Rusty Scarlet Shaggy
    Shy Silver Sleepy Snappy Snowy Soft Speckled Spotty Stormy Sunny Tiny Velvet Wise"""
)
NOUNS = _words(
    """Acorn Apricot Barley Biscuit Bluebell Bramble Breeze Button Caramel Chestnut Cinnamon
    Clover Cobweb Comet Cricket Daisy Dumpling Ember Feather Fiddle Ginger Hickory Honey Jasper
    Juniper Lantern Licorice Maple Marble Meadow Mitten Muffin Nettle Nutmeg Olive Paddle Pebble
    Pepper Pickle Poppy Pretzel Pumpkin Ripple Saffron Sorrel Sprout Thimble Thistle Tulip
    Truffle Tumble Twig Waffle Walnut Willow Zephyr"""
)
ANIMALS = _words(
    """Ant Badger Bat Bear Beaver Bee Bison Bull Camel Cat Chick Cow Crab Crow Deer Dog Dolphin
    Donkey Dove Duck Eagle Elephant Fish Fox Frog Giraffe Goat Goose Gorilla Hedgehog Hippo
    Horse Iguana Koala Ladybug Lamb Lion Lizard Lobster Moose Mouse Octopus Otter Owl Panda
    Parrot Penguin Pig Platypus Rabbit Raccoon Rhino Robin Seal Shark Snail Snake Spider Squid
    Swan Tiger Turkey Turtle Unicorn Walrus Whale Wolf Zebra"""
)
GRADES = {
    "Museum quality": "MQ",
    "Mint with mint tags": "MWMT",
    "Mint with near mint tags": "MWNMT",
    "Near mint": "NM",
    "Excellent": "EX",
    "Very good": "VG",
    "Good": "GD",
    "Played with": "PL",
}
PLACES = tuple(
    f"{colour} {box}, {room}"
    for colour in ("Blue", "Red", "Green", "Grey")
    for box, room in (
        *(("box", "hall"), ("crate", "loft"), ("drawer", "study"), ("tub", "garage")),
        *(("shelf", "den"), ("basket", "cellar"), ("case", "office"), ("bin", "shed")),
    )
)
WORDS = _words(
    """a after again and at auction aunt back bag beans behind belly birthday bought box boxed
    brother charity clean corner crease dealer dent dust ear error extra eye faded fair first
    flea for found fresh from gift hand heart in inside kept label last left lid locker loose
    lot market mint missing mother near neck never new nose of old on online original other
    paint pair paw pellets pink played plush poem price protector rare red ribbon right sale
    school scratch seam second shop sister smoke soft spot stain star sticker stitch store sun
    swap tag tail the then to torn traded tush two under with worn yellow"""
)
