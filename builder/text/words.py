"""Plain words for the grammar of `corpus`: what people photograph, do, and say about it."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for line in text.split(",") if (word := " ".join(line.split())))


COLORS = _words(
    """red, blue, green, yellow, white, black, brown, grey, orange, pink, purple, golden, silver,
    beige, cream-coloured, turquoise, dark blue, light green, bright red, pale, colourful,
    black and white, red and white, blue and orange, brown and white, green and yellow"""
)
ADJECTIVES = _words(
    """small, big, large, tiny, huge, old, new, young, beautiful, cute, ugly, long, short, tall,
    round, square, wooden, metal, plastic, glass, stone, brick, concrete, marble, shiny,
    rusty, dirty, clean, wet, dry, broken, empty, full, open, closed, furry, fluffy, scaly,
    spotted, striped, woolly, hairy, smooth, sharp, modern, ancient, ruined, antique, fancy,
    cheap, colourful, hot, cold, frozen, fresh, ripe, sliced, cooked, sleeping, wild, baby,
    adult, hungry, lonely, famous, abandoned, snowy, sunny, blurry, single, many-coloured,
    patterned, folded, hanging"""
)
NUMBERS = _words(
    "two, three, four, five, six, several, many, some, a pair of, a group of, a row of"
)
GROUPS = _words(
    """a herd of, a flock of, a group of, a pile of, a box of, a bowl of, a plate of, a basket of,
    a row of, a shelf full of, a bunch of, a stack of, a collection of, a crowd of, lots of"""
)
RELATIONS = _words(
    """on, on top of, next to, in front of, with, near, and, behind, under, beside, by, in, filled
    with, surrounded by, sitting on, standing next to, parked next to, hanging from, sitting on top
    of, that is next to, laying on, covered with, full of"""
)
BESIDE = _words("in, on, near, next to, by, in front of, at, down, along, beside, behind")
ACTING = _words(
    """holding, riding, riding on, looking at, sitting on, standing next to, standing by, using,
    playing with, eating, carrying, walking with, leaning on, with, preparing, in front of, near,
    wearing, cutting, making, pulling, working on, getting ready for, posing with, doing"""
)
ANIMALS = _words(
    """dog, cat, kitten, puppy, horse, foal, cow, calf, bull, sheep, lamb, goat, pig, piglet,
    donkey, rabbit, mouse, rat, squirrel, hedgehog, fox, wolf, bear, polar bear, panda,
    koala, kangaroo, giraffe, zebra, elephant, rhinoceros, hippo, lion, tiger, leopard,
    jaguar, cheetah, monkey, ape, gorilla, camel, llama, deer, moose, reindeer, antelope,
    bison, buffalo, raccoon, skunk, otter, beaver, seal, sea lion, walrus, dolphin, whale,
    narwhal, orca, shark, fish, tropical fish, goldfish, clownfish, angelfish, pufferfish,
    stingray, eel, seahorse, octopus, squid, jellyfish, crab, lobster, shrimp, starfish,
    coral, snail, turtle, tortoise, crocodile, alligator, lizard, chameleon, iguana, gecko,
    snake, frog, toad, salamander, bird, songbird, parrot, macaw, cockatoo, eagle, hawk,
    falcon, owl, kingfisher, woodpecker, robin, sparrow, crow, raven, magpie, pigeon, dove,
    seagull, pelican, penguin, swan, goose, duck, duckling, hen, chicken, rooster, chick,
    turkey, peacock, ostrich, flamingo, stork, heron, crane, hummingbird, bat, bee, wasp,
    ant, fly, mosquito, butterfly, moth, dragonfly, beetle, ladybug, grasshopper, spider,
    scorpion, worm, hamster, guinea pig, ferret, sloth, lemur, red panda, anteater,
    armadillo, porcupine, meerkat, mongoose, hyena, komodo dragon, dinosaur, unicorn,
    dragon, mammoth"""
)
ANIMAL_DOING = _words(
    """standing, sitting, lying down, sleeping, resting, walking, running, jumping, swimming,
    flying, eating, drinking, grazing, playing, looking at the camera, looking up, climbing
    a tree, hunting, hiding, fighting, yawning, barking, splashing, playing with a ball,
    chewing a bone, catching a fish, feeding its young, sitting on a branch, spreading its
    wings, wearing a hat, wearing glasses, riding a bicycle, dancing, reading a book,
    driving a car, in a cage, on a leash, in a basket, pulling a cart, in a zoo, swimming
    among corals, perched on a wire, standing next to its mother, rolling in the mud,
    peeking out of a hole, running after a ball, with its mouth open, with large antlers,
    with long ears, with a long tail, with stripes, with feathers, with big eyes, with sharp
    teeth, with horns"""
)
PEOPLE = _words(
    """man, woman, boy, girl, child, baby, person, people, men, women, children, couple, family,
    crowd, old man, old woman, young man, young woman, player, skier, surfer, snowboarder,
    skateboarder, tennis player, baseball player, football player, chef, cook, waiter,
    farmer, nurse, doctor, teacher, student, soldier, police officer, firefighter, worker,
    musician, singer, dancer, bride, groom, tourist, swimmer, diver, cyclist, rider,
    fisherman, pilot, painter, king, clown"""
)
PEOPLE_DOING = _words(
    """riding a wave on a surfboard, surfing in the ocean, skiing down a snowy hill, snowboarding,
    riding a skateboard, doing a trick on a skateboard, playing tennis on a court, swinging
    a tennis racket, holding a baseball bat, throwing a ball, catching a frisbee, playing
    football, kicking a soccer ball, playing volleyball on the beach, playing basketball,
    flying a kite, holding an umbrella, walking in the rain, riding a horse, riding a
    bicycle, riding a motorcycle, riding an elephant, driving a car, driving a tractor,
    waiting for a bus, boarding a train, getting on an airplane, sitting on a bench, sitting
    on a couch, lying in bed, sitting at a table, eating pizza, eating a sandwich, eating a
    hot dog, eating ice cream, eating dinner, drinking coffee, drinking wine, cutting a
    cake, blowing out candles, having a birthday party, cooking in a kitchen, preparing
    food, washing dishes, brushing teeth, taking a bath, using a laptop, typing on a
    keyboard, talking on a cell phone, watching television, playing a video game, reading a
    book, reading a newspaper, writing a letter, painting a picture, playing the guitar,
    playing the piano, playing the violin, playing the drums, playing the trumpet, singing
    into a microphone, dancing, wearing a suit and tie, wearing a hat, wearing sunglasses,
    wearing a red dress, wearing a helmet, carrying a suitcase, holding a teddy bear,
    holding a baby, feeding birds, feeding a giraffe, petting a dog, walking a dog on a
    leash, milking a cow, herding sheep, fishing from a boat, paddling a canoe, rowing a
    boat, sailing, swimming in a pool, diving under water, standing on the beach, climbing a
    mountain, hiking in the woods, camping, hammering a nail, sawing wood, fixing a car,
    mowing the lawn, digging a hole, picking apples, shopping at a market, standing in line,
    shaking hands, posing for a picture, taking a photo, looking in a mirror, sitting around
    a table, playing chess, playing cards, sleeping, working, getting a haircut, crossing
    the street, sitting in a restaurant, sitting in a classroom, giving a speech, getting
    married, marching in a parade, playing in the snow, building a snowman"""
)
THINGS = _words(
    """chair, table, bench, couch, bed, desk, lamp, light bulb, mirror, clock, vase, pillow,
    blanket, curtain, carpet, window, door, shelf, book, notebook, pencil, pen, eraser,
    ruler, scissors, paper, envelope, blackboard, slate, phone, cell phone, computer,
    laptop, keyboard, computer mouse, monitor, television, remote control, radio, camera,
    headphones, loudspeaker, microphone, battery, cable, cup, mug, teacup, glass, wine
    glass, bottle, jug, teapot, kettle, plate, bowl, saucer, fork, knife, spoon, spoons,
    chopsticks, pan, frying pan, pot, oven, stove, microwave, toaster, fridge, sink,
    bathtub, toilet, shower, towel, soap, toothbrush, hair dryer, comb, hairbrush, bucket,
    broom, mop, vacuum cleaner, washing machine, iron, sewing machine, hammer, screwdriver,
    wrench, spanner, pliers, side cutter, saw, axe, drill, nail, screw, nut and bolt, tape
    measure, measuring tape, multimeter, nail clipper, tweezers, sickle, shovel, rake,
    wheelbarrow, ladder, rope, chain, padlock, key, spray bottle, paintbrush, toolbox,
    scale, weighing scale, thermometer, microscope, telescope, candle, lantern, umbrella,
    suitcase, backpack, handbag, wallet, purse, hat, cap, helmet, scarf, glove, mitten,
    sock, shoe, boot, sandal, shirt, jacket, coat, dress, skirt, jeans, suit, tie, watch,
    ring, necklace, glasses, sunglasses, ball, tennis ball, baseball, baseball bat, tennis
    racket, football, soccer ball, volleyball, basketball, golf ball, frisbee, kite,
    skateboard, surfboard, skis, snowboard, sled, bicycle, toy, doll, teddy bear, puzzle,
    dice, guitar, lute, violin, cello, harp, piano, accordion, flute, trumpet, trombone,
    saxophone, drum, drums, xylophone, banjo, bagpipes, tent, flag, sign, stop sign, traffic
    light, fire hydrant, parking meter, mailbox, trash can, fence, gate, bridge, fountain,
    statue, flower, rose, sunflower, daisy, tree, palm tree, cactus, mushroom, leaf, branch,
    plant, flower pot, rock, igloo, snowman, solar panel, wind turbine, windmill, dam, power
    plant, geyser, electricity pylon, ball of wool, string instrument, musical instrument,
    tool, furniture, machine, weapon, container"""
)
FOODS = _words(
    """apple, green apple, banana, orange, lemon, strawberry, pineapple, pomegranate, fig, grapes,
    cherry, pear, peach, watermelon, tomato, cucumber, carrot, broccoli, cauliflower,
    cabbage, lettuce, potato, pumpkin, corn, bell pepper, onion, garlic, mushroom, bread,
    baguette, bagel, pretzel, croissant, sandwich, hamburger, cheeseburger, hot dog, pizza,
    pasta, spaghetti, noodles, rice, soup, salad, sushi, steak, meatloaf, chicken, fish,
    egg, fried egg, bacon, sausage, cheese, butter, cake, chocolate cake, birthday cake,
    wedding cake, cupcake, donut, cookie, pie, pancake, waffle, ice cream, chocolate, candy,
    coffee, espresso, tea, milk, orange juice, wine, beer, water, burrito, taco, french
    fries, guacamole, popcorn, breakfast, dinner, fruit, vegetables, dessert"""
)
VEHICLES = _words(
    """car, sports car, race car, taxi, police car, van, truck, pickup truck, fire truck, garbage
    truck, ambulance, bus, school bus, double decker bus, tram, train, steam locomotive,
    high-speed train, subway, bicycle, mountain bike, motorcycle, scooter, tractor,
    harvester, bulldozer, crane, tank, airplane, jet, passenger plane, fighter plane,
    helicopter, hot air balloon, airship, rocket, space shuttle, boat, sailboat, speedboat,
    ship, cruise ship, container ship, ferry, canoe, kayak, gondola, submarine, aircraft
    carrier, horse cart, sled, wheelchair, stroller, shopping cart"""
)
BUILDINGS = _words(
    """house, hut, cabin, barn, farm, castle, palace, church, cathedral, mosque, temple, pagoda,
    stupa, monastery, pyramid, tower, bell tower, clock tower, skyscraper, lighthouse,
    windmill, bridge, suspension bridge, stone bridge, aqueduct, viaduct, arch, triumphal
    arch, fortress, city wall, amphitheatre, stadium, museum, library, school, hospital,
    prison, factory, power station, dam, greenhouse, shop, bookshop, bakery, restaurant,
    hotel, train station, airport, parking garage, apartment building, office building,
    monument, obelisk, statue, fountain, ruin, tomb, cave, cliff dwelling, boathouse, pier,
    harbor, observatory, dome, opera house"""
)
LANDMARKS = _words(
    """the eiffel tower, the statue of liberty, the taj mahal, the great wall of china, big ben,
    the colosseum, the leaning tower of pisa, the parthenon, the acropolis, the brandenburg
    gate, the arc de triomphe, the golden gate bridge, tower bridge, mount rushmore, the
    white house, the us capitol, the lincoln memorial, the empire state building, the burj
    khalifa, the sydney opera house, christ the redeemer, machu picchu, stonehenge, the
    pyramids of giza, the sphinx, petra, the sagrada familia, notre dame, the louvre,
    neuschwanstein castle, the kremlin, the hagia sophia, the forbidden city, mount fuji,
    mount everest, the grand canyon, niagara falls, the hoover dam, the pont du gard, mont
    saint michel, the golden temple, angkor wat, the gateway of india, india gate,
    charminar, the hawa mahal, qutub minar, the berlin cathedral"""
)
PLACES = _words(
    """on the grass, in the grass, in a meadow, in a green field, in a field, in the forest, in the
    woods, on a farm, in a barn, in the garden, in a park, in the desert, on the sand, on
    the beach, by the sea, in the sea, in the ocean, under water, in the water, in clear
    blue water, on a coral reef, on a lake, by a river, in a pond, in a swimming pool, in an
    aquarium, in the snow, on a snowy mountain, in the mountains, on a hill, on a rock, on a
    cliff, in a cave, in a tree, on a branch, in the sky, under a blue sky, under a cloudy
    sky, in the clouds, in the fog, in the rain, at night, at sunset, at dawn, in the
    sunshine, in the dark, on the ground, on the floor, on a wooden floor, on a table, on a
    wooden table, on a plate, on a white plate, in a bowl, in a basket, in a box, in a bag,
    on a shelf, on a chair, on a couch, on a bed, in a kitchen, in a bathroom, in a bedroom,
    in a living room, in a classroom, in an office, in a workshop, in a garage, in a
    restaurant, in a shop, at a market, in a supermarket, in a museum, in a church, on
    stage, in a theater, in a stadium, on a tennis court, on a baseball field, on the
    street, in a city, in a city street, on the road, on a highway, on a bridge, on a
    railway track, at a train station, at an airport, in a harbor, in a parking lot, in
    front of a house, in front of a building, against a wall, next to a fence, by a window,
    in the background, on a white background, on a blue background, on a wooden board, in a
    hand, on a roof, in a zoo, in a cage, on an island, on the moon, in space, in the
    jungle, in the savannah, on a mountain lake, in a village, in a factory, near trees, in
    autumn, in winter"""
)
